"""Curves of what was measured, as outlines that a page draws at whatever width it has.

They are drawn here, not by matplotlib: its pictures have one size and one palette, while these keep
their letters and lines as they are on a telephone and on paper, in light and dark, and need nothing
installed.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from engine.curves.charts import charts
from engine.reporting.axes import Axis, axis, spread, with_margin
from store.queries.metrics import Series, SeriesSummary, series

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject

WIDTH, HEIGHT = 4000, 2000
"""The units of a chart, whatever its shape on the page."""

MOST_CHARTS = 12
_POINTS_OF_FIRST, _POINTS = 1200, 480
"""Of a longer series the lowest, highest and last point of each part of it stay."""

_FEW_POINTS, _MANY_POINTS = 40, 300
_AROUND = 45
"""How many points a running median is of."""

_NEAR = 0.1
_ACROSS, _UP = 6, 5
_LABELS_APART, _LABELS_ACROSS = 0.085, 25
_COUNTERS = ("epoch", "tokens")
"""What only counts how far a job is."""

_SPARKS = "▁▂▃▄▅▆▇█"
_SPARKS_WIDE = 32


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric of one job.

    Attributes:
        place: the place of the subject among those that are compared.
        metric: its name.
        line: 0 for the first metric of a chart, which is drawn solid, 1 for the next.
        path: its outline, as SVG writes one; a gap is where a value is no number.
        middle: the outline of its running median, if it has so many points that its outline is
            rather a band.
        dots: the outline of a dot for each point, if there are few.
        end: where its label stands: beside its last point, as parts of the width and the height,
            and moved up or down where it would hide another.
        summary: what it is in numbers.
        sparks: it, in a few block characters.
    """

    place: int
    metric: str
    line: int
    path: str
    middle: str
    dots: str
    end: tuple[float, float]
    summary: SeriesSummary
    sparks: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of an axis.

    Attributes:
        at: where, as a part of the width or down from the top.
        value: what is written there.
    """

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Metrics that are drawn together.

    Attributes:
        metrics: their names, training before evaluation.
        curves: theirs, by subject.
        across: the marks of the steps.
        up: the marks of the values.
        logarithmic: whether the values are drawn by their logarithms.
    """

    metrics: tuple[str, ...]
    curves: tuple[Curve, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    logarithmic: bool


@dataclass(frozen=True, slots=True)
class _Read:
    place: int
    metric: str
    line: int
    series: Series
    summary: SeriesSummary


def drawn(connection: sqlite3.Connection, subjects: Sequence[Subject]) -> tuple[list[Chart], int]:
    """Draw the curves of what is compared over steps, those of the loss first.

    Args:
        connection: where to read.
        subjects: what is compared; those without a job have no curves.

    Returns:
        The charts, and how many more there would be.
    """
    names = {name for each in subjects for name in each.series if name not in _COUNTERS}
    found = charts(names)
    made = []
    for number, metrics in enumerate(found[:MOST_CHARTS]):
        points = _POINTS if number else _POINTS_OF_FIRST
        read = [
            _Read(place, metric, min(line, 1), _series(connection, each, metric, points), summary)
            for place, each in enumerate(subjects)
            for line, metric in enumerate(metrics)
            if (summary := each.series.get(metric)) is not None
        ]
        if any(math.isfinite(value) for each in read for value in each.series.values):
            made.append(_chart(metrics, read))
    return made, max(0, len(found) - MOST_CHARTS)


def _series(connection: sqlite3.Connection, of: Subject, metric: str, points: int) -> Series:
    # What was measured belongs to a job.
    job = of.job.id if of.job is not None else ""
    return series(connection, job, metric, points=points)


def _chart(metrics: tuple[str, ...], read: Sequence[_Read]) -> Chart:
    across = _across([step for each in read for step in each.series.steps])
    values = [value for each in read for value in each.series.values]
    up = with_margin(axis(values, _UP, may_be_logarithmic=True), _UP)
    outlines = [_outline(each.series, across, up) for each in read]
    middles = [
        _outline(_middle(each.series), across, up) if _is_band(each.series) else ("", None)
        for each in read
    ]
    ends = _apart([beside or end for (_, end), (_, beside) in zip(outlines, middles, strict=True)])
    return Chart(
        metrics,
        tuple(
            Curve(
                each.place,
                each.metric,
                each.line,
                path,
                middle,
                _dots(each.series, across, up),
                end,
                each.summary,
                sparks(each.series.values),
            )
            for each, (path, _), (middle, _), end in zip(read, outlines, middles, ends, strict=True)
        ),
        tuple(Mark(across.place(value), value) for value in across.marks),
        tuple(Mark(1 - up.place(value), value) for value in up.marks),
        up.logarithmic,
    )


def _across(steps: Sequence[int]) -> Axis:
    """Return the axis of steps, which begins with 0 where that is near."""
    first, last = min(steps, default=0), max(steps, default=0)
    return axis((0 if 0 <= first <= last * _NEAR else first, last), _ACROSS)


def _is_band(found: Series) -> bool:
    return len(found) > _MANY_POINTS


def _middle(found: Series) -> Series:
    """Return the running median of a series, at every third of its points.

    Of a series that was thinned out, a third of the points are the last of their stretches: the
    median is among these, whatever spikes there are on one side.
    """
    known = [
        (step, value)
        for step, value in zip(found.steps, found.values, strict=True)
        if math.isfinite(value)
    ]
    around = _AROUND // 2
    middle = [
        (known[at][0], median(value for _, value in known[max(0, at - around) : at + around + 1]))
        for at in range(0, len(known), 3)
    ]
    return Series(
        found.name, array("q", [step for step, _ in middle]), array("d", [v for _, v in middle])
    )


def _apart(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return where labels stand at ends of curves, those of neighbouring ends below each other."""
    found = list(ends)
    groups: dict[int, list[int]] = {}
    for number, (x, _) in enumerate(ends):
        groups.setdefault(round(x * _LABELS_ACROSS), []).append(number)
    for group in groups.values():
        heights = spread([ends[number][1] for number in group], _LABELS_APART)
        for number, y in zip(group, heights, strict=True):
            found[number] = (ends[number][0], y)
    return found


def _outline(found: Series, across: Axis, up: Axis) -> tuple[str, tuple[float, float]]:
    """Return a curve's outline, and where it ends."""
    parts: list[str] = []
    before: tuple[int, int] | None = None
    end = (1.0, 0.5)
    for point in _points(found, across, up):
        if point is None:
            before = None
            continue
        x, y = point
        end = (x / WIDTH, y / HEIGHT)
        if before is None:
            parts.append(f"M{x} {y}l0 0")
        elif point != before:
            # A minus parts numbers as well as a space does.
            parts.append(f"l{x - before[0]} {y - before[1]}".replace(" -", "-"))
        before = point
    return "".join(parts), end


def _points(found: Series, across: Axis, up: Axis) -> Iterator[tuple[int, int] | None]:
    """Yield where points stand; None where there is nothing to draw."""
    for step, value in zip(found.steps, found.values, strict=True):
        if not math.isfinite(value) or (up.logarithmic and value <= 0):
            yield None
            continue
        yield round(across.place(step) * WIDTH), round((1 - up.place(value)) * HEIGHT)


def _dots(found: Series, across: Axis, up: Axis) -> str:
    if len(found) > _FEW_POINTS:
        return ""
    points = (point for point in _points(found, across, up) if point is not None)
    # A line of no length with round ends is a dot, whatever the shape of the chart.
    return "".join(f"M{x} {y}h0" for x, y in points)


def sparks(values: Sequence[float], width: int = _SPARKS_WIDE) -> str:
    """Return values as block characters: of each part of the series its mean."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return ""
    width = min(width, len(known))
    ends = [len(known) * number // width for number in range(width + 1)]
    means = [math.fsum(known[start:end]) / (end - start) for start, end in pairwise(ends)]
    low, high = min(means), max(means)
    if low == high:
        return _SPARKS[0] * width
    top = len(_SPARKS) - 1
    return "".join(_SPARKS[round((mean - low) / (high - low) * top)] for mean in means)
