"""What a panel is about, in two lines: a job's name, status and progress; or several jobs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from store.queries.jobs import JobDetail, JobSummary, job_detail, jobs_by_id
from tui.chart import CURVE_INKS
from tui.formats import bar, count, cut, duration, fit, number, percent
from tui.harmless import harmless
from tui.ink import Line, Span, joined, look, text_of
from tui.job_time import elapsed, newest_run, time_left
from tui.widgets.job_view import JobView
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab

_BAR = 16
_LEAST_REASON = 8
"""Cells; with fewer a reason would say nothing."""


class Headline(JobView, can_focus=False):
    """Stands over the panels, so that it is always in sight what they show.

    Attributes:
        beside: the jobs that are shown together, if there are several; else it is one.
    """

    def __init__(self, lab: Lab, now: Callable[[], datetime], name: str) -> None:
        super().__init__(lab, now, name)
        self.beside: Sequence[str] = ()

    def read(self, job: str) -> Sequence[Line]:
        """Return the two lines."""
        reader = self.lab.database.reader
        overlaid = jobs_by_id(reader, self.beside[: len(CURVE_INKS)])
        if len(overlaid) > 1:
            return together(overlaid, len(self.beside), self.room)
        detail = job_detail(reader, job)
        left = time_left(detail, newest_run(reader, detail))
        return headline(detail, left, self.now(), self.room)


def headline(detail: JobDetail, left: float | None, now: datetime, width: int) -> list[Line]:
    """Return what stands over a job's panels; `left` in seconds if it can be estimated."""
    shown = look(detail.status)
    room = max(1, width - cell_len(f"{shown.glyph}   {shown.word}"))
    first: list[Span] = [
        (f"{shown.glyph} ", shown.ink),
        (fit(detail.name, min(room, cell_len(harmless(detail.name)))), "strong"),
        (f"  {shown.word}", shown.ink),
    ]
    if detail.reason and width - cell_len(text_of(first)) >= _LEAST_REASON:
        first.append((f": {detail.reason}", "plain"))
    return [cut(first, width), joined(_progress(detail, left, now), width)]


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


def together(jobs: Sequence[JobSummary], marked: int, width: int) -> list[Line]:
    """Return what stands over the curves of several jobs: which ones, and how they stand.

    Args:
        jobs: those that are drawn.
        marked: how many are marked.
        width: the cells of a line.
    """
    told = number_of(marked, "job")
    if marked > len(jobs):
        told += f", {len(jobs)} drawn"
    first: list[Span] = [(f"{told}: ", "strong"), *_names(jobs, width - cell_len(told) - 2)]
    statuses = Counter(job.status for job in jobs)
    pieces: list[Line] = [
        [(f"{look(status).glyph} ", look(status).ink), (f"{number} {look(status).word}", "plain")]
        for status, number in statuses.items()
    ]
    losses = [job.loss for job in jobs if job.loss is not None and math.isfinite(job.loss)]
    if losses:
        span = f"{number(min(losses))} to {number(max(losses))}"
        pieces.append([("loss ", "dim"), (span, "plain")])
    return [first, joined(pieces, width)]


def _names(jobs: Sequence[JobSummary], width: int) -> list[Span]:
    """Return as many names as fit, each after the glyph of its status, and how many do not."""
    for shown in range(len(jobs), 0, -1):
        line: list[Span] = []
        for job in jobs[:shown]:
            glyph = look(job.status)
            comma = ", " if line else ""
            line += [(f"{comma}{glyph.glyph} ", glyph.ink), (job.name, "plain")]
        more = len(jobs) - shown
        end = f" and {number_of(more, 'other')}" if more else ""
        if cell_len(text_of(line)) + len(end) <= width:
            return [*line, (end, "dim")]
    glyph, end = look(jobs[0].status), f" and {number_of(len(jobs) - 1, 'other')}"
    name = fit(jobs[0].name, width - len(end) - 2)
    return [(f"{glyph.glyph} ", glyph.ink), (name, "plain"), (end, "dim")]
