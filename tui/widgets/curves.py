"""The curves of a job: one chart at a time, its metrics overlaid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from store.job_status import ACTIVE
from store.queries.jobs import jobs_by_id
from store.queries.metrics import SeriesSummary, series, series_list
from tui.chart import CURVE_INKS, LEAST_HEIGHT, LEAST_WIDTH, Curve, axis_end, draw
from tui.curve_choice import charts
from tui.formats import number
from tui.ink import Line, Span
from tui.widgets.job_view import JobView

if TYPE_CHECKING:
    from engine.lab import Lab

# The lowest, highest and last point for each of the two dots that a cell is wide.
_POINTS_A_CELL = 6


class Curves(JobView):
    """Draws the chosen chart in the panel's size, from no more points than it has dots for.

    Attributes:
        chosen: the number of the chart, from any number on round and round.
    """

    def __init__(self, lab: Lab, now: Callable[[], datetime], name: str) -> None:
        super().__init__(lab, now, name)
        self.chosen = 0

    def next_metric(self, by: int) -> None:
        """Draw the chart after the present one, or before it."""
        self.chosen += by
        self.look(self.job)

    def read(self, job: str) -> Sequence[Line]:
        """Return a legend and the chart under it."""
        width, height = self.room, self.size.height
        reader = self.lab.database.reader
        summaries = {summary.name: summary for summary in series_list(reader, job)}
        offered = charts(summaries)
        if not offered:
            return [[("No metrics yet: they come with the first steps.", "dim")]]
        place = self.chosen % len(offered)
        shown = [summaries[name] for name in offered[place][: len(CURVE_INKS)]]
        legend = _legend(shown, place, len(offered), width)
        if width < LEAST_WIDTH or height < LEAST_HEIGHT + 2:
            return [legend, [("Too little room for a chart: make the window larger.", "dim")]]
        points = width * _POINTS_A_CELL
        curves = []
        for summary in shown:
            found = series(reader, job, summary.name, points=points)
            curves.append(Curve(summary.name, found.steps, found.values))
        drawn = draw(curves, width, height - 1, self._axis_end(job, list(summaries.values())))
        return [legend, *(drawn or [[("None of its values is a number.", "warn")]])]

    def _axis_end(self, job: str, summaries: Sequence[SeriesSummary]) -> int:
        last_step = max(summary.last_step for summary in summaries)
        rows = jobs_by_id(self.lab.database.reader, [job])
        if rows and rows[0].status not in ACTIVE:
            return last_step
        return axis_end(last_step, rows[0].total_steps if rows else None)


def _legend(shown: Sequence[SeriesSummary], place: int, of: int, width: int) -> Line:
    line: list[Span] = []
    for summary, ink in zip(shown, CURVE_INKS, strict=False):
        value = "not a number" if summary.last is None else number(summary.last)
        line += [("━ ", ink), (summary.name, "plain"), (f" {value}   ", "strong")]
    right = f"{place + 1} of {of}  m next" if of > 1 else ""
    used = sum(len(text) for text, _ in line)
    if right and used + len(right) <= width:
        line += [(" " * (width - used - len(right)), "plain"), (right, "faint")]
    return line
