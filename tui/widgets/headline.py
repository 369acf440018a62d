"""The selected job in two lines: its name, status and reason; its progress and time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.queries.jobs import JobDetail, job_detail
from tui.formats import bar, count, duration, number, percent
from tui.ink import Line, Span, joined, look
from tui.job_time import elapsed, newest_run, time_left
from tui.widgets.job_view import JobView

_BAR = 16


class Headline(JobView, can_focus=False):
    """Stands over the panels, so that the state of the job is always in sight."""

    def read(self, job: str) -> Sequence[Line]:
        """Return the two lines."""
        reader = self.lab.database.reader
        detail = job_detail(reader, job)
        left = time_left(detail, newest_run(reader, detail))
        return headline(detail, left, self.now(), self.room)


def headline(detail: JobDetail, left: float | None, now: datetime, width: int) -> list[Line]:
    """Return what stands over a job's panels; `left` in seconds if it can be estimated."""
    shown = look(detail.status)
    first: list[Span] = [
        (f"{shown.glyph} ", shown.ink),
        (detail.name, "strong"),
        (f"  {shown.word}", shown.ink),
    ]
    if detail.reason:
        first.append((f": {detail.reason}", "plain"))
    return [first, joined(_progress(detail, left, now), width)]


def _progress(detail: JobDetail, left: float | None, now: datetime) -> list[Line]:
    """Return the pieces of the second line, what tells most first."""
    fraction = min(1.0, detail.step / detail.total_steps) if detail.total_steps else None
    of = f"/{count(detail.total_steps)}" if detail.total_steps else ""
    drawn: list[Span] = []
    if fraction is not None:
        drawn = [
            *bar(fraction, _BAR, look(detail.status).ink),
            (f" {percent(fraction).strip()}", "plain"),
        ]
    spent = elapsed(detail, now)
    return [
        drawn,
        [(f"step {count(detail.step)}{of}", "plain")],
        [("" if left is None else f"about {duration(left)} left", "accent")],
        [("" if spent is None else duration(spent), "dim")],
        _named("loss", detail.loss),
        _named("eval", detail.eval_loss),
    ]


def _named(name: str, value: float | None) -> Line:
    return [] if value is None else [(f"{name} ", "dim"), (number(value), "plain")]
