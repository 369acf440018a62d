from __future__ import annotations

import csv
import io

import pytest

from engine.archive.metrics_table import metrics_table
from engine.lab import Lab
from store.events import Fact, JobResumed, MetricGroup, MetricsRecorded, StepRange
from store.log import Entry
from tests.engine.archive.conftest import NOON, planned

Steps = list[int]


def _group(steps: Steps, after_ms: list[int] | None = None, **values: list[float]) -> MetricGroup:
    return MetricGroup(steps=steps, after_ms=after_ms or [], values=values)


def _rows(lab: Lab, *facts: Fact | MetricGroup) -> list[str]:
    recorded = [
        MetricsRecorded(groups=[fact]) if isinstance(fact, MetricGroup) else fact for fact in facts
    ]
    lab.log.append("job/job_1", planned("run"), *(Entry(fact, NOON) for fact in recorded))
    return _table(lab).splitlines()


def _table(lab: Lab) -> str:
    return b"".join(metrics_table(lab.database.reader, "job_1")).decode()


def test_metrics_of_one_step_share_a_row_however_they_were_logged(lab: Lab) -> None:
    rows = _rows(lab, _group([1, 2], loss=[3.0, 2.0], norm=[0.5, 0.25]), _group([2], eval=[2.5]))
    assert rows == ["step,time,eval,loss,norm", "1,,,3.0,0.5", "2,,2.5,2.0,0.25"]


def test_what_was_logged_twice_at_a_step_has_two_rows(lab: Lab) -> None:
    rows = _rows(lab, _group([1, 2, 1], [0, 1, 2], loss=[3.0, 2.0, 9.0]))
    noon = "2026-11-21T12:00:00"
    assert rows[1:] == [f"1,{noon}.000000Z,3.0", "1,,9.0", f"2,{noon}.001000Z,2.0"]


def test_points_that_came_late_stand_at_their_steps(lab: Lab) -> None:
    rows = _rows(lab, _group([5, 6], loss=[0.5, 0.25]), _group([1], loss=[4.0]))
    assert rows[1:] == ["1,,4.0", "5,,0.5", "6,,0.25"]


def test_values_are_exact_and_diverged_ones_say_so(lab: Lab) -> None:
    values = [0.1 + 0.2, float("nan"), float("-inf"), 1e300]
    rows = _rows(lab, _group([1, 2, 3, 4], loss=values))
    assert [row.rpartition(",")[2] for row in rows[1:]] == [repr(value) for value in values]


def test_times_of_superseded_points_are_forgotten_too(lab: Lab) -> None:
    rows = _rows(
        lab,
        _group([1, 2], [0, 1000], loss=[3.0, 9.0]),
        JobResumed(attempt=2, from_step=1),
        _group([2], [5000], loss=[2.0]),
    )
    assert rows[2] == "2,2026-11-21T12:00:05.000000Z,2.0"


def test_a_name_with_a_comma_is_one_column(lab: Lab) -> None:
    _rows(lab, MetricGroup(steps=[1], values={'loss, "train"': [1.0]}))
    assert next(csv.reader(io.StringIO(_table(lab)))) == ["step", "time", 'loss, "train"']


@pytest.mark.parametrize("stride", [1, 10])
def test_long_series_come_in_pieces_and_whole(lab: Lab, stride: int) -> None:
    steps = StepRange(first=0, count=9000, stride=stride)
    group = MetricGroup(steps=steps, values={"loss": [float(n) for n in range(9000)]})
    rows = _rows(lab, group)
    assert len(rows) == 9001
    assert rows[-1] == f"{8999 * stride},,8999.0"
