"""Folding batches of metrics into series of packed chunks.

A series is its points by step, those of one step in the order in which they were logged: what came
late (a hosted provider's result file, say) stands where it belongs. It is a list of chunks of
`CHUNK_POINTS` points of which only the last may be open, so that the same points always give the
same chunks, however they were batched. Points are gathered while a
batch of events is folded and packed at its end: a chunk is then written once, not once an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from store import events
from store.columns import (
    extremes,
    pack_steps,
    pack_values,
    stride_of,
    unpack_steps,
    unpack_values,
)
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import MetricChunk, MetricSeries

CHUNK_POINTS = 1000
"""With 8-byte values a chunk of this size fills two database pages almost exactly."""


@dataclass(slots=True)
class _Points:
    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def sort(self) -> None:
        """Put them in the order of their steps, if they are not."""
        if all(one <= other for one, other in pairwise(self.steps)):
            return
        pairs = sorted(zip(self.steps, self.values, strict=True), key=itemgetter(0))
        self.steps = [step for step, _ in pairs]
        self.values = [value for _, value in pairs]


_Gathered = dict[tuple[str, str], _Points]


def _recorded(rows: Rows, event: Recorded, fact: events.MetricsRecorded) -> None:
    job = subject(event)
    gathered: _Gathered = rows.info.setdefault("metrics", {})
    for group in fact.groups:
        steps = group.step_list()
        for name, values in group.values.items():
            points = gathered.setdefault((job, name), _Points())
            points.steps += steps
            points.values += values


def write_gathered(rows: Rows) -> None:
    """Pack the points of the events folded so far into their series."""
    gathered: _Gathered = rows.info.pop("metrics", {})
    for (job, name), points in gathered.items():
        _extend(rows, job, name, points)


def _extend(rows: Rows, job: str, name: str, points: _Points) -> None:
    points.sort()
    series = rows.get(MetricSeries, (job, name))
    if series is not None and points.steps[0] < series.last_step:
        _take_apart(rows, series, points)
        series = None
    if series is None:
        series = plain(MetricSeries)(
            job=job, name=name, count=0, chunks=0, first_step=points.steps[0], last_step=0
        )
        rows.add(series)
    _reopen_last_chunk(rows, series, points)
    chunks = [
        _pack(series, ordinal, points, start)
        for ordinal, start in enumerate(range(0, len(points.steps), CHUNK_POINTS), series.chunks)
    ]
    for chunk in chunks:
        rows.add(chunk)
        _summarize(series, chunk)


def _take_apart(rows: Rows, series: MetricSeries, points: _Points) -> None:
    """Take a whole series out and put its points where they belong among new ones."""
    before = _Points()
    for chunk in rows.where(MetricChunk, job=series.job, name=series.name):
        steps, values = points_of(chunk)
        before.steps += steps
        before.values += values
        rows.delete(chunk)
    points.steps[:0] = before.steps
    points.values[:0] = before.values
    points.sort()
    rows.delete(series)


def _reopen_last_chunk(rows: Rows, series: MetricSeries, points: _Points) -> None:
    """Take the last chunk out of the series and put its points first, if it has room for more."""
    if series.count % CHUNK_POINTS == 0:
        return
    chunk = rows.get_one(MetricChunk, (series.job, series.name, series.chunks - 1))
    steps, values = points_of(chunk)
    points.steps[:0] = steps
    points.values[:0] = values
    series.count -= chunk.count
    series.chunks -= 1
    rows.delete(chunk)


def points_of(chunk: MetricChunk) -> tuple[Sequence[int], Sequence[float]]:
    """Return the steps and values of a chunk."""
    steps = unpack_steps(chunk.steps, chunk.first_step, chunk.stride, chunk.count)
    return steps, unpack_values(chunk.points)


def _pack(series: MetricSeries, ordinal: int, points: _Points, start: int) -> MetricChunk:
    steps = points.steps[start : start + CHUNK_POINTS]
    values = points.values[start : start + CHUNK_POINTS]
    stride = stride_of(steps)
    return plain(MetricChunk)(
        job=series.job,
        name=series.name,
        ordinal=ordinal,
        count=len(steps),
        first_step=steps[0],
        last_step=steps[-1],
        stride=stride,
        steps=pack_steps(steps) if stride is None else None,
        points=pack_values(values),
        last=values[-1],
        **extremes(steps, values)._asdict(),
    )


def _summarize(series: MetricSeries, chunk: MetricChunk) -> None:
    """Take a chunk into the summary of its series."""
    series.chunks += 1
    series.count += chunk.count
    series.last_step = chunk.last_step
    series.last = chunk.last
    if chunk.low is not None and (series.low is None or chunk.low < series.low):
        series.low, series.low_step = chunk.low, chunk.low_step
    if chunk.high is not None and (series.high is None or chunk.high > series.high):
        series.high, series.high_step = chunk.high, chunk.high_step


def _superseded(rows: Rows, event: Recorded, fact: events.JobResumed) -> None:
    """Forget the points past the step from which training goes on: they will come again."""
    write_gathered(rows)
    for series in rows.where(MetricSeries, job=subject(event)):
        _truncate(rows, series, fact.from_step)


def _truncate(rows: Rows, series: MetricSeries, last_step: int) -> None:
    chunks = rows.where(MetricChunk, job=series.job, name=series.name)
    kept = _Points()
    for chunk in chunks:
        for step, value in zip(*points_of(chunk), strict=True):
            if step <= last_step:
                kept.steps.append(step)
                kept.values.append(value)
    if len(kept.steps) == series.count:
        return
    for row in (*chunks, series):
        rows.delete(row)
    if kept.steps:
        _extend(rows, series.job, series.name, kept)


FOLDS: dict[type[Fact], Fold] = {
    events.MetricsRecorded: _recorded,
    events.JobResumed: _superseded,
}
