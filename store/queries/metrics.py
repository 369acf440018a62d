"""Questions about metrics: summaries, whole series, and series reduced for a chart."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import nan
from typing import Any

from store.columns import Extremes, extremes, unpack_steps, unpack_values

_FIRST, _LAST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One metric of a job; the extremes are over finite values and first steps.

    `last` is None when the last value is not a number.
    """

    name: str
    count: int
    first_step: int
    last_step: int
    last: float | None
    low: float | None
    low_step: int | None
    high: float | None
    high_step: int | None


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one metric by step; those of one step in the order in which they were logged."""

    name: str
    steps: Sequence[int]
    values: array[float]

    def __len__(self) -> int:
        return len(self.steps)


_SUMMARY = ", ".join(SeriesSummary.__slots__)
Point = tuple[int, float]


def series_list(connection: sqlite3.Connection, job: str) -> list[SeriesSummary]:
    """Return the summaries of all metrics of a job, by name."""
    rows = connection.execute(
        f"SELECT {_SUMMARY} FROM metric_series WHERE job = ? ORDER BY name", (job,)
    )
    return [SeriesSummary(*row) for row in rows]


def series(
    connection: sqlite3.Connection,
    job: str,
    name: str,
    *,
    points: int | None = None,
    first_step: int = _FIRST,
    last_step: int = _LAST,
) -> Series:
    """Read a metric of a job, whole or reduced.

    Args:
        connection: where to read.
        job: the job's id.
        name: the metric.
        points: return at most about this many points: the steps are cut into buckets, and of each
            bucket its lowest, highest and last point are kept, so that no spike is lost. None
            returns every point.
        first_step: leave out points before this step.
        last_step: leave out points after this step.
    """
    bounds = (job, name, first_step, last_step)
    if points is None:
        return _whole(connection, name, bounds)
    count, chunks = connection.execute(
        f"SELECT COALESCE(SUM(count), 0), COUNT(*) FROM metric_chunk WHERE {_WITHIN}", bounds
    ).fetchone()
    if count <= points:
        return _whole(connection, name, bounds)
    buckets = max(1, points // 3)
    if chunks >= buckets:
        return _from_points(name, _bucket_chunks(connection, bounds, -(-chunks // buckets)))
    return _from_points(name, _bucket_points(_whole(connection, name, bounds), buckets))


# Steps that follow no stride may reach beyond the first and the last of them.
_WITHIN = (
    "job = ?1 AND name = ?2 AND (steps IS NOT NULL OR "
    "(MAX(first_step, last_step) >= ?3 AND MIN(first_step, last_step) <= ?4))"
)
_INSIDE = (
    f"(?3 = {_FIRST} AND ?4 = {_LAST}) OR (steps IS NULL AND "
    "MIN(first_step, last_step) >= ?3 AND MAX(first_step, last_step) <= ?4)"
)


def _whole(connection: sqlite3.Connection, name: str, bounds: tuple[str, str, int, int]) -> Series:
    steps = _Steps()
    values = array("d")
    for first, stride, count, packed, points in connection.execute(
        "SELECT first_step, stride, count, steps, points FROM metric_chunk "
        f"WHERE {_WITHIN} ORDER BY ordinal",
        bounds,
    ):
        steps.extend(unpack_steps(packed, first, stride, count))
        values += unpack_values(points)
    return _between(Series(name, steps.whole(), values), bounds[2], bounds[3])


class _Steps:
    """Joins the steps of chunks; regular ones stay a range, which costs nothing however long."""

    def __init__(self) -> None:
        self._regular: range | None = range(0)
        self._loose: array[int] = array("q")

    def extend(self, steps: range | array[int]) -> None:
        if self._regular is not None and isinstance(steps, range):
            if not self._regular:
                self._regular = steps
                return
            if steps.start == self._regular.stop and steps.step == self._regular.step:
                self._regular = range(self._regular.start, steps.stop, steps.step)
                return
        if self._regular is not None:
            self._loose.extend(self._regular)
            self._regular = None
        self._loose.extend(steps)

    def whole(self) -> Sequence[int]:
        return self._loose if self._regular is None else self._regular


def _between(whole: Series, first_step: int, last_step: int) -> Series:
    if (first_step, last_step) == (_FIRST, _LAST):
        return whole
    pairs = zip(whole.steps, whole.values, strict=True)
    return _from_points(whole.name, (pair for pair in pairs if first_step <= pair[0] <= last_step))


def _from_points(name: str, points: Iterable[Point]) -> Series:
    steps, values = array("q"), array("d")
    for step, value in points:
        steps.append(step)
        values.append(value)
    return Series(name, steps, values)


def _bucket_chunks(
    connection: sqlite3.Connection, bounds: tuple[str, str, int, int], size: int
) -> Iterator[Point]:
    """Reduce by the chunks' own extremes, `size` chunks a bucket.

    Only chunks that reach beyond the wanted steps are unpacked.
    """
    rows = connection.execute(
        "SELECT low, low_step, high, high_step, last_step, last, first_step, stride, count, "
        f"IIF({_INSIDE}, NULL, steps), IIF({_INSIDE}, NULL, points) "
        f"FROM metric_chunk WHERE {_WITHIN} ORDER BY ordinal",
        bounds,
    )
    outlines = (_outline_of(row, bounds[2], bounds[3]) for row in rows)
    while bucket := list(islice(outlines, size)):
        points = [point for outline in bucket for point in outline]
        if points:
            steps, values = zip(*points, strict=True)
            yield from _outline(extremes(steps, values), points[-1])


def _outline_of(row: tuple[Any, ...], first_step: int, last_step: int) -> list[Point]:
    *found, end, last, first, stride, count, packed, values = row
    if values is None:
        # SQLite keeps no NaN.
        return _outline(Extremes(*found), (end, nan if last is None else last))
    chunk = Series("", unpack_steps(packed, first, stride, count), unpack_values(values))
    inside = _between(chunk, first_step, last_step)
    if not inside:
        return []
    return _outline(extremes(inside.steps, inside.values), (inside.steps[-1], inside.values[-1]))


def _bucket_points(whole: Series, buckets: int) -> Iterator[Point]:
    size = max(1, -(-len(whole) // buckets))
    for start in range(0, len(whole), size):
        steps = whole.steps[start : start + size]
        values = whole.values[start : start + size].tolist()
        yield from _outline(extremes(steps, values), (steps[-1], values[-1]))


def _outline(found: Extremes, last: Point) -> list[Point]:
    """Return the lowest, the highest and the last point of a bucket, by step."""
    kept = {last}
    if found.low is not None and found.high is not None:
        kept |= {(found.low_step or 0, found.low), (found.high_step or 0, found.high)}
    kept.discard(last)
    return [*sorted(kept), last]
