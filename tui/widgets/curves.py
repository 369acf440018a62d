"""The curves of a job: one chart at a time, its metrics overlaid; or one metric of several jobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from store.job_status import ACTIVE
from store.queries.jobs import JobSummary, jobs_by_id
from store.queries.metrics import SeriesSummary, series, series_list
from tui.axes import axis_end
from tui.chart import CURVE_INKS, LEAST_HEIGHT, LEAST_WIDTH, Curve, Frame, draw
from tui.curve_choice import charts
from tui.curve_look import CurveLook, smoothed
from tui.formats import count, number
from tui.ink import Line, Span
from tui.widgets.job_view import JobView

if TYPE_CHECKING:
    from engine.lab import Lab

# The lowest, highest and last point for each of the two dots that a cell is wide.
_POINTS_A_CELL = 6
_SMOOTH_POINTS = 20_000
"""What is smoothed is smoothed before it is thinned out; of longer series, thinned out to this."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A curve of a chart: of which job, under which name in the legend."""

    job: str
    label: str
    summary: SeriesSummary


class Curves(JobView):
    """Draws the chosen chart in the panel's size, from no more points than it has dots for.

    Attributes:
        how: how the curves are looked at.
        beside: the jobs whose curves are overlaid, if there are several; else the job's own.
    """

    def __init__(self, lab: Lab, now: Callable[[], datetime], name: str) -> None:
        super().__init__(lab, now, name)
        self.how = CurveLook()
        self.beside: Sequence[str] = ()
        self._end = 1

    def look_so(self, how: CurveLook) -> None:
        """Look at the curves in another way."""
        self.how = how
        self.look(self.job)

    def next_metric(self, by: int) -> None:
        """Draw the chart after the present one, or before it."""
        self.look_so(replace(self.how, chart=self.how.chart + by, window=None))

    def zoom(self, closer: int) -> None:
        """Show half as many steps, or twice as many."""
        self.look_so(self.how.zoomed(closer, self._end))

    def pan(self, by: int) -> None:
        """Show the steps to the right of those in sight, or to the left."""
        self.look_so(self.how.panned(by, self._end))

    def read(self, job: str) -> Sequence[Line]:
        """Return a legend and the chart under it."""
        reader, width, height = self.lab.database.reader, self.room, self.size.height
        wanted = list(self.beside)[: len(CURVE_INKS)] if len(self.beside) > 1 else [job]
        jobs = jobs_by_id(reader, wanted)
        names = {name for each in jobs for name in _names(reader, each.id)}
        offered = charts(names)
        if not offered:
            return [[("No metrics yet: they come with the first steps.", "dim")]]
        place = self.how.chart % len(offered)
        drawn = _curves_of(reader, jobs, offered[place])
        self._end = max(_end(reader, each) for each in jobs)
        legend = self._legend(drawn, place, len(offered), width)
        if width < LEAST_WIDTH or height < LEAST_HEIGHT + 2:
            return [legend, [("Too little room for a chart: make the window larger.", "dim")]]
        first, last = self.how.frame(self._end)
        curves = [self._read(reader, each, (first, last), width) for each in drawn]
        chart = draw(curves, width, height - 1, Frame(last, first, self.how.log))
        nothing = "None of its values can be drawn on this scale: y changes it."
        if not self.how.log:
            nothing = "None of its values is a number."
        return [legend, *(chart or [[(nothing, "warn")]])]

    def _read(
        self, reader: sqlite3.Connection, drawn: _Drawn, steps: tuple[int, int], width: int
    ) -> Curve:
        weight = self.how.weight
        points = _SMOOTH_POINTS if weight else width * _POINTS_A_CELL
        first, last = (None, None) if self.how.window is None else steps
        name = drawn.summary.name
        if first is None or last is None:
            found = series(reader, drawn.job, name, points=points)
        else:
            found = series(reader, drawn.job, name, points=points, first_step=first, last_step=last)
        values = smoothed(found.values, weight) if weight else found.values
        return Curve(drawn.label, found.steps, values)

    def _legend(self, drawn: Sequence[_Drawn], place: int, of: int, width: int) -> Line:
        line: list[Span] = []
        for each, ink in zip(drawn, CURVE_INKS, strict=False):
            last = each.summary.last
            value = "not a number" if last is None else number(last)
            line += [("━ ", ink), (each.label, "plain"), (f" {value}   ", "strong")]
        told = self._told()
        if of > 1:
            told.append(f"{place + 1} of {of}  m next")
        right = "  ".join(told)
        used = sum(len(text) for text, _ in line)
        if right and used + len(right) <= width:
            line += [(" " * (width - used - len(right)), "plain"), (right, "faint")]
        return line

    def _told(self) -> list[str]:
        """Return how the curves are looked at, where it is not as usual."""
        told = ["log"] if self.how.log else []
        if self.how.weight:
            told.append(f"smoothed {self.how.weight:g}")
        if self.how.window is not None:
            first, last = self.how.window
            told.append(f"steps {count(first)}-{count(last)}")
        return told


def _names(reader: sqlite3.Connection, job: str) -> list[str]:
    return [summary.name for summary in series_list(reader, job)]


def _curves_of(
    reader: sqlite3.Connection, jobs: Sequence[JobSummary], metrics: Sequence[str]
) -> list[_Drawn]:
    """Return the curves of a chart: of one job all its metrics, of several the first of them."""
    wanted = metrics if len(jobs) == 1 else metrics[:1]
    found = []
    for job in jobs:
        summaries = {summary.name: summary for summary in series_list(reader, job.id)}
        for name in wanted:
            if name in summaries:
                label = name if len(jobs) == 1 else f"{job.name} {name}"
                found.append(_Drawn(job.id, label, summaries[name]))
    return found[: len(CURVE_INKS)]


def _end(reader: sqlite3.Connection, job: JobSummary) -> int:
    """Return the step at which a job's curves end, or a little later for one that runs."""
    last = max((summary.last_step for summary in series_list(reader, job.id)), default=1)
    return axis_end(last, job.total_steps) if job.status in ACTIVE else last
