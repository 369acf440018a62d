"""The table of a job's metrics."""

from __future__ import annotations

from collections.abc import Sequence

from engine.curves.charts import charts
from store.queries.metrics import SeriesSummary, series_list
from tui.formats import count, fit, fit_right, measure
from tui.ink import Line
from tui.widgets.curves import NO_METRICS
from tui.widgets.job_view import JobView
from tui.wrapping import sentence

_VALUE, _AT, _POINTS = 9, 9, 9
_NAME_LEAST = 12


class MetricTable(JobView):
    """Every metric with its last value and its extremes."""

    def read(self, job: str) -> Sequence[Line]:
        """Return a line a metric, in the order of the charts, under the columns' titles."""
        summaries = {
            summary.name: summary for summary in series_list(self.lab.database.reader, job)
        }
        if not summaries:
            return sentence(NO_METRICS, self.room, "dim")
        names = [name for chart in charts(summaries) for name in chart]
        return metric_lines([summaries[name] for name in names], self.room)


def metric_lines(summaries: Sequence[SeriesSummary], width: int) -> list[Line]:
    """Return the table in so many cells; columns that do not fit are left out from the right."""
    titles = ("LAST", "LOWEST", "AT STEP", "HIGHEST", "AT STEP", "POINTS")
    widths = (_VALUE, _VALUE, _AT, _VALUE, _AT, _POINTS)
    # A value goes with its step: the columns leave in these groups.
    kept = next(
        (number for number in (6, 5, 3, 1) if _needed(widths[:number]) + _NAME_LEAST <= width), 1
    )
    name = min(32, max(_NAME_LEAST, width - _needed(widths[:kept])))
    heading: Line = [(_line(fit("METRIC", name), titles[:kept], widths), "faint")]
    return [heading, *(_row(summary, name, widths[:kept]) for summary in summaries)]


def _row(summary: SeriesSummary, name: int, widths: Sequence[int]) -> Line:
    last = "nan" if summary.last is None else measure(summary.name, summary.last)
    cells = (
        measure(summary.name, summary.low),
        count(summary.low_step),
        measure(summary.name, summary.high),
        count(summary.high_step),
        count(summary.count),
    )
    return [
        (fit(summary.name, name), "plain"),
        (f" {fit_right(last, widths[0])}", "strong"),
        (_line("", cells[: len(widths) - 1], widths[1:]), "dim"),
    ]


def _line(start: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=False)
    return start + "".join(f" {fit_right(cell, width)}" for cell, width in pairs)


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + len(widths)
