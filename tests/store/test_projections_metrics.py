from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.events import JobResumed, MetricGroup, MetricsRecorded, StepRange
from store.log import EventLog
from store.projections import metrics
from store.queries.metrics import series, series_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.store.conftest import Measured

JOB = "job/a"


def _chunks(log: EventLog, columns: str) -> list[tuple[object, ...]]:
    query = f"SELECT {columns} FROM metric_chunk ORDER BY job, name, ordinal"  # noqa: S608 - names of the tests
    return log.database.reader.execute(query).fetchall()


def test_points_are_packed_into_chunks_of_which_only_the_last_is_open(log: EventLog) -> None:
    for first in range(0, 2500, 250):
        steps = StepRange(first=first, count=250)
        values = {"loss": [float(step) for step in range(first, first + 250)]}
        log.append(JOB, MetricsRecorded(groups=[MetricGroup(steps=steps, values=values)]))

    assert _chunks(log, "ordinal, count, first_step, last_step, stride, steps") == [
        (0, 1000, 0, 999, 1, None),
        (1, 1000, 1000, 1999, 1, None),
        (2, 500, 2000, 2499, 1, None),
    ]


def test_a_full_chunk_is_not_written_again(log: EventLog, measured: Measured) -> None:
    log.append(JOB, measured(0, *[1.0] * metrics.CHUNK_POINTS))
    (before,) = _chunks(log, "rowid")

    log.append(JOB, measured(metrics.CHUNK_POINTS, 1.0))

    assert _chunks(log, "rowid")[0] == before
    assert _chunks(log, "count") == [(1000,), (1,)]


def test_a_summary_holds_the_extent_the_extremes_and_the_last(
    log: EventLog, measured: Measured
) -> None:
    log.append(JOB, measured(1, 3.0, 1.0, math.inf, 5.0), measured(5, 1.0, 5.0, 2.0))

    (found,) = series_list(log.database.reader, "a")

    assert (found.name, found.count, found.first_step, found.last_step) == ("loss", 7, 1, 7)
    assert (found.low, found.low_step, found.high, found.high_step) == (1.0, 2, 5.0, 4)
    assert found.last == 2.0


def test_a_series_without_a_finite_value_has_no_extremes(log: EventLog, measured: Measured) -> None:
    log.append(JOB, measured(1, math.nan, -math.inf))

    (found,) = series_list(log.database.reader, "a")

    assert (found.low, found.low_step, found.high, found.high_step) == (None, None, None, None)
    assert found.last == -math.inf


def test_values_that_are_no_numbers_survive(log: EventLog, measured: Measured) -> None:
    given_values = [1.0, math.nan, math.inf, -math.inf, 2.0]
    log.append(JOB, measured(1, *given_values))

    found = series(log.database.reader, "a", "loss").values

    assert repr(list(found)) == repr(given_values)


def test_several_metrics_of_a_group_become_several_series(log: EventLog) -> None:
    group = MetricGroup(steps=[1, 2], values={"loss": [2.0, 1.0], "accuracy": [0.5, 0.75]})
    other = MetricGroup(steps=[2], values={"eval_loss": [1.5]})
    log.append(JOB, MetricsRecorded(groups=[group, other]))

    assert [(row.name, row.count) for row in series_list(log.database.reader, "a")] == [
        ("accuracy", 2),
        ("eval_loss", 1),
        ("loss", 2),
    ]


def test_jobs_do_not_share_series(log: EventLog, measured: Measured) -> None:
    log.append("job/a", measured(1, 1.0))
    log.append("job/b", measured(1, 2.0))

    assert list(series(log.database.reader, "a", "loss").values) == [1.0]
    assert list(series(log.database.reader, "b", "loss").values) == [2.0]


def test_a_resumption_forgets_the_points_past_its_step(log: EventLog, measured: Measured) -> None:
    log.append(JOB, measured(1, *map(float, range(2500))))
    log.append("job/b", measured(1, 1.0, 2.0, 3.0))

    log.append(JOB, JobResumed(attempt=2, from_step=1200), measured(1201, -1.0))

    found = series(log.database.reader, "a", "loss")
    assert list(found.steps) == list(range(1, 1202))
    assert found.values[-1] == -1.0
    (summary,) = series_list(log.database.reader, "a")
    assert (summary.count, summary.high, summary.low, summary.last) == (1201, 1199.0, -1.0, -1.0)
    assert len(series(log.database.reader, "b", "loss")) == 3


def test_a_resumption_from_the_beginning_forgets_the_series(
    log: EventLog, measured: Measured
) -> None:
    log.append(JOB, measured(1, 1.0, 2.0))

    log.append(JOB, JobResumed(attempt=2, from_step=0))

    assert series_list(log.database.reader, "a") == []
    assert _chunks(log, "ordinal") == []


def test_a_resumption_after_the_last_step_changes_no_row(log: EventLog, measured: Measured) -> None:
    log.append(JOB, measured(1, 1.0, 2.0))
    before = _chunks(log, "*")

    log.append(JOB, JobResumed(attempt=2, from_step=2))

    assert _chunks(log, "*") == before


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.integers(0, 20), min_size=1, max_size=20),
    last=st.integers(0, 20),
    later=st.lists(st.integers(0, 30), max_size=8),
)
def test_after_a_resumption_the_series_is_as_if_the_rest_had_never_been(
    scratch: Callable[[], AbstractContextManager[EventLog]],
    steps: list[int],
    last: int,
    later: list[int],
) -> None:
    def measured_at(chosen: list[int]) -> list[MetricsRecorded]:
        columns = {"loss": [float(step * step % 7) for step in chosen]}
        groups = [MetricGroup(steps=chosen, values=columns)] if chosen else []
        return [MetricsRecorded(groups=groups)] if groups else []

    with pytest.MonkeyPatch.context() as patch, scratch() as cut, scratch() as straight:
        patch.setattr(metrics, "CHUNK_POINTS", 4)
        resumed = JobResumed(attempt=2, from_step=last)
        cut.append(JOB, *measured_at(steps), resumed, *measured_at(later))
        straight.append(JOB, *measured_at([step for step in steps if step <= last] + later))
        assert _chunks(cut, "*") == _chunks(straight, "*")
        assert series_list(cut.database.reader, "a") == series_list(straight.database.reader, "a")
