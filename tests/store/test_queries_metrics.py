from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.events import MetricGroup, MetricsRecorded, StepRange
from store.log import EventLog
from store.projections import metrics
from store.queries.metrics import Point, Series, series, series_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from tests.store.conftest import Measured

    Scratch = Callable[[], AbstractContextManager[EventLog]]

JOB = "job/a"
POINTS = st.lists(st.tuples(st.integers(0, 60), st.floats()), min_size=1, max_size=60)


def _record(log: EventLog, points: Sequence[Point]) -> None:
    steps, values = zip(*points, strict=True)
    group = MetricGroup(steps=list(steps), values={"loss": list(values)})
    log.append(JOB, MetricsRecorded(groups=[group]))


def _pairs(found: Series) -> list[Point]:
    return list(zip(found.steps, found.values, strict=True))


def _same(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Compare points, where NaN is NaN."""
    return list(map(repr, one)) == list(map(repr, other))


def _kept(bucket: Sequence[Point]) -> set[str]:
    """Say naively which points of a bucket must be kept."""
    finite = [point for point in bucket if math.isfinite(point[1])]
    kept = [bucket[-1]]
    if finite:
        kept.append(min(finite, key=lambda point: point[1]))
        kept.append(max(finite, key=lambda point: point[1]))
    return set(map(repr, kept))


def _buckets(points: Sequence[Point], size: int) -> list[Sequence[Point]]:
    return [points[start : start + size] for start in range(0, len(points), size)]


@settings(max_examples=60, deadline=None)
@given(points=POINTS, wanted=st.integers(1, 40), chunk=st.integers(1, 20))
def test_a_reduction_keeps_every_buckets_lowest_highest_and_last_point_and_no_other(
    scratch: Scratch, points: list[Point], wanted: int, chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, scratch() as log:
        patch.setattr(metrics, "CHUNK_POINTS", chunk)
        _record(log, points)
        found = _pairs(series(log.database.reader, "a", "loss", points=wanted))

    points = _by_step(points)
    if len(points) <= wanted:
        assert _same(found, points)
        return
    buckets = max(1, wanted // 3)
    chunks = math.ceil(len(points) / chunk)
    size = chunk * math.ceil(chunks / buckets) if chunks >= buckets else 0
    size = size or math.ceil(len(points) / buckets)
    expected = set().union(*map(_kept, _buckets(points, size)))
    assert set(map(repr, found)) == expected
    assert len(found) <= max(3, wanted)


@settings(max_examples=60, deadline=None)
@given(
    points=POINTS,
    wanted=st.one_of(st.none(), st.integers(1, 40)),
    bounds=st.tuples(st.integers(-5, 65), st.integers(-5, 65)),
    chunk=st.integers(1, 20),
)
def test_a_range_of_steps_holds_its_own_points_only_and_its_extremes(
    scratch: Scratch,
    points: list[Point],
    wanted: int | None,
    bounds: tuple[int, int],
    chunk: int,
) -> None:
    first, last = bounds
    inside = [point for point in _by_step(points) if first <= point[0] <= last]
    with pytest.MonkeyPatch.context() as patch, scratch() as log:
        patch.setattr(metrics, "CHUNK_POINTS", chunk)
        _record(log, points)
        found = _pairs(
            series(
                log.database.reader, "a", "loss", points=wanted, first_step=first, last_step=last
            )
        )

    if wanted is None:
        assert _same(found, inside)
        return
    assert set(map(repr, found)) <= set(map(repr, inside))
    if inside:
        assert _kept(inside) <= set(map(repr, found))


@settings(max_examples=60, deadline=None)
@given(points=POINTS, chunk=st.integers(1, 20))
def test_a_whole_series_is_read_by_step_however_late_its_points_came(
    scratch: Scratch, points: list[Point], chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, scratch() as log:
        patch.setattr(metrics, "CHUNK_POINTS", chunk)
        for step, value in points:
            _record(log, [(step, value)])
        assert _same(_pairs(series(log.database.reader, "a", "loss")), _by_step(points))


def _by_step(points: list[Point]) -> list[Point]:
    return sorted(points, key=lambda point: point[0])


def test_a_regular_series_keeps_its_steps_as_a_range(log: EventLog, measured: Measured) -> None:
    for first in range(0, 3000, 500):
        log.append(JOB, measured(first, *[1.0] * 500))

    assert series(log.database.reader, "a", "loss").steps == range(3000)


def test_a_stride_that_changes_on_the_way_is_read_right(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "CHUNK_POINTS", 3)
    groups = [
        MetricGroup(steps=StepRange(first=0, count=6, stride=10), values={"loss": [1.0] * 6}),
        MetricGroup(steps=StepRange(first=60, count=4, stride=5), values={"loss": [2.0] * 4}),
    ]
    log.append(JOB, MetricsRecorded(groups=groups))

    found = series(log.database.reader, "a", "loss")

    assert list(found.steps) == [0, 10, 20, 30, 40, 50, 60, 65, 70, 75]


def test_a_series_that_does_not_exist_is_empty(log: EventLog) -> None:
    found = series(log.database.reader, "a", "loss")

    assert len(found) == 0
    assert (list(found.steps), list(found.values)) == ([], [])
    assert len(series(log.database.reader, "a", "loss", points=10)) == 0
    assert series_list(log.database.reader, "a") == []


def test_a_range_between_two_steps_is_empty(log: EventLog) -> None:
    group = MetricGroup(steps=StepRange(first=0, count=50, stride=10), values={"loss": [1.0] * 50})
    log.append(JOB, MetricsRecorded(groups=[group]))

    found = series(log.database.reader, "a", "loss", points=10, first_step=1, last_step=9)

    assert len(found) == 0


def test_a_range_finds_steps_beyond_a_chunks_first_and_last(log: EventLog) -> None:
    _record(log, [(5, 1.0), (100, 2.0), (3, 3.0)])

    found = series(log.database.reader, "a", "loss", first_step=50, last_step=200)

    assert _pairs(found) == [(100, 2.0)]


@pytest.fixture(scope="module")
def million(scratch: Scratch) -> object:
    """A log with a run of a million steps, one spike and one dip in it."""
    with scratch() as log:
        for start in range(0, 1_000_000, 100_000):
            column = [2.0 + (step % 1000) / 1000 for step in range(start, start + 100_000)]
            if start == 300_000:
                column[456] = 1e6
            if start == 700_000:
                column[89] = -1e6
            group = MetricGroup(
                steps=StepRange(first=start, count=100_000), values={"loss": column}
            )
            log.append(JOB, MetricsRecorded(groups=[group]))
        yield log


def test_a_million_steps_are_read_whole(million: EventLog) -> None:
    found = series(million.database.reader, "a", "loss")

    assert found.steps == range(1_000_000)
    assert (found.values[1], found.values[300_456], found.values[-1]) == (2.001, 1e6, 2.999)


@pytest.mark.parametrize("points", [3, 200, 1000, 5000, 100_000])
def test_a_million_steps_are_reduced_and_no_spike_is_lost(million: EventLog, points: int) -> None:
    found = series(million.database.reader, "a", "loss", points=points)

    assert len(found) <= points
    assert {(300_456, 1e6), (700_089, -1e6), (999_999, 2.999)} <= set(_pairs(found))
    assert list(found.steps) == sorted(found.steps)


def test_a_part_of_a_million_steps_is_reduced_by_its_own_extremes(million: EventLog) -> None:
    found = series(
        million.database.reader, "a", "loss", points=300, first_step=300_457, last_step=700_088
    )

    assert (found.steps[0] >= 300_457, found.steps[-1]) == (True, 700_088)
    assert (min(found.values), max(found.values)) == (2.0, 2.999)


def test_the_summary_of_a_million_steps(million: EventLog) -> None:
    (found,) = series_list(million.database.reader, "a")

    assert (found.count, found.first_step, found.last_step) == (1_000_000, 0, 999_999)
    assert (found.low, found.low_step, found.high, found.high_step) == (-1e6, 700_089, 1e6, 300_456)
