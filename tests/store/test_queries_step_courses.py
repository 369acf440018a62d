"""What a job had reached at each of its steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.events import JobPlanned, JobResumed, MetricGroup, MetricsRecorded, StepRange
from store.log import Entry
from store.queries.step_courses import Measure, StepCourse, step_course
from store.times import now

if TYPE_CHECKING:
    from store.log import EventLog

BEGUN = now()


def _logged(log: EventLog, first: int, count: int, *, second: float, apart: float) -> None:
    """Record steps that were made so many seconds after the beginning, evenly apart."""
    steps = range(first, first + count)
    group = MetricGroup(
        steps=StepRange(first=first, count=count),
        after_ms=[round(1000 * apart * number) for number in range(count)],
        values={
            "loss": [1.0] * count,
            "epoch": [step / 100 for step in steps],
            "tokens": [512.0 * step for step in steps],
        },
    )
    occurred = BEGUN + timedelta(seconds=second)
    log.append("job/a", Entry(MetricsRecorded(groups=[group]), occurred=occurred))


def test_epochs_and_tokens_are_what_was_logged(log: EventLog) -> None:
    _logged(log, 1, 50, second=0, apart=1)
    per_step: dict[Measure, float] = {"epoch": 0.01, "tokens": 512.0}
    for measure, a_step in per_step.items():
        course = step_course(log.database.reader, "a", measure)
        assert course is not None
        assert course.at(25) == pytest.approx(25 * a_step)
        assert course.step_at(25 * a_step) == pytest.approx(25)


def test_times_are_those_of_the_points_from_the_first_of_them(log: EventLog) -> None:
    _logged(log, 1, 100, second=10, apart=2)
    _logged(log, 101, 100, second=210, apart=2)
    course = step_course(log.database.reader, "a", "time")
    assert course is not None
    assert course.at(1) == 0
    assert course.at(51) == pytest.approx(100)
    assert course.at(200) == pytest.approx(398)


def test_a_pause_counts_and_steps_made_anew_count_anew(log: EventLog) -> None:
    _logged(log, 1, 20, second=0, apart=1)
    log.append("job/a", JobResumed(from_step=10, attempt=2))
    _logged(log, 11, 10, second=1000, apart=1)
    course = step_course(log.database.reader, "a", "time")
    assert course is not None
    assert course.at(1) == 0
    assert course.at(11) == pytest.approx(1000)
    assert course.at(20) == pytest.approx(1009)


def test_a_long_log_is_looked_into_here_and_there(log: EventLog) -> None:
    for batch in range(700):
        _logged(log, 1 + batch, 1, second=batch * 3, apart=1)
    course = step_course(log.database.reader, "a", "time")
    assert course is not None
    assert len(course.steps) < 300
    assert course.at(700) == pytest.approx(699 * 3)
    assert course.at(350) == pytest.approx(349 * 3)


def test_epochs_of_a_hosted_job_follow_from_their_number(log: EventLog) -> None:
    planned = JobPlanned(
        name="hosted",
        provider="openai",
        base_model="gpt-4o-mini",
        method="supervised",
        dataset="ds_1",
        hyperparameters={"n_epochs": 3},
        total_steps=300,
    )
    log.append("job/a", planned)
    course = step_course(log.database.reader, "a", "epoch")
    assert course == StepCourse((0, 300), (0.0, 3.0))


def test_what_was_never_told_is_not_known(log: EventLog) -> None:
    group = MetricGroup(steps=[1, 2, 3], values={"loss": [3.0, 2.0, 1.0]})
    log.append("job/a", MetricsRecorded(groups=[group]))
    for measure in get_args(Measure):
        assert step_course(log.database.reader, "a", measure) is None


@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=30, unique=True),
    st.data(),
)
def test_a_course_leads_there_and_back(steps: list[int], data: st.DataObject) -> None:
    ordered = sorted(steps)
    values = [float(number) ** 2 + number for number in range(len(ordered))]
    course = StepCourse(ordered, values)
    step = data.draw(st.integers(ordered[0], ordered[-1]))
    assert course.step_at(course.at(step)) == pytest.approx(step, abs=1e-3)
