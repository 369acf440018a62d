from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from store.events import ChatOpened, LabCreated, MetricGroup, MetricsRecorded, StepRange


@given(st.lists(st.floats(), min_size=1, max_size=10))
def test_metric_values_survive_the_log_bit_by_bit(values: list[float]) -> None:
    steps = StepRange(first=1, count=len(values))
    fact = MetricsRecorded(groups=[MetricGroup(steps=steps, values={"loss": values})])

    read = MetricsRecorded.model_validate_json(fact.model_dump_json()).groups[0].values["loss"]

    for before, after in zip(values, read, strict=True):
        assert math.isnan(before) == math.isnan(after)
        assert math.isnan(before) or (before, math.copysign(1, before)) == (
            after,
            math.copysign(1, after),
        )


def test_a_fact_cannot_be_changed() -> None:
    fact = LabCreated(ftlab="0.1.0")

    with pytest.raises(ValidationError, match="frozen"):
        fact.ftlab = "0.2.0"


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="temprature"):
        ChatOpened.model_validate({"model": "m", "temprature": 1})


def test_a_range_of_steps_and_a_list_of_them_say_the_same() -> None:
    regular = MetricGroup(steps=StepRange(first=5, count=3, stride=10), values={})
    listed = MetricGroup(steps=[5, 15, 25], values={})

    assert regular.step_list() == listed.step_list() == [5, 15, 25]
    assert regular.highest_step() == listed.highest_step() == 25


def test_the_highest_step_of_falling_steps_is_the_first() -> None:
    assert MetricGroup(steps=StepRange(first=5, count=3, stride=-2), values={}).highest_step() == 5


def test_a_column_must_have_a_value_for_every_step() -> None:
    with pytest.raises(ValidationError, match="metric 'loss' has 1 values for 2 steps"):
        MetricGroup(steps=[1, 2], values={"loss": [1.0]})


def test_times_must_be_as_many_as_steps_or_none() -> None:
    with pytest.raises(ValidationError, match="3 times for 2 steps"):
        MetricGroup(steps=[1, 2], after_ms=[0, 1, 2], values={})


@pytest.mark.parametrize("steps", [[], {"first": 1, "count": 0}])
def test_a_group_has_at_least_one_step(steps: object) -> None:
    with pytest.raises(ValidationError):
        MetricGroup.model_validate({"steps": steps, "values": {}})
