"""Jobs beside each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.comparing.jobs import Measured, _best, compare_jobs
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import JobPlanned, MetricGroup, MetricsRecorded, StepRange


def _job(lab: Lab, name: str, values: dict[str, list[float]], **settled: object) -> None:
    hyperparameters = {"epochs": 1, "learning_rate": 5e-4} | settled
    planned = JobPlanned(
        name=name,
        provider="local",
        base_model="tiny",
        method="lora",
        hyperparameters=hyperparameters,
        dataset="ds_1",
    )
    steps = StepRange(first=1, count=len(next(iter(values.values()))))
    groups = [MetricGroup(steps=steps, values=values)]
    lab.log.append(f"job/job_{name}", planned, MetricsRecorded(groups=groups))


@pytest.fixture
def two(lab: Lab) -> Lab:
    _job(lab, "a", {"loss": [2.0, 1.0, 1.5], "learning_rate": [1.0, 0.5, 0.1]})
    _job(lab, "b", {"loss": [2.0, 1.8, 1.4], "eval_accuracy": [0.1, 0.5, 0.4]}, epochs=3)
    return lab


def test_only_what_differs_is_a_difference(two: Lab) -> None:
    found = compare_jobs(two.database.reader, ["a", "b"])
    assert {each.name: each.values for each in found.differences} == {"epochs": ("1", "3")}
    settled = {each.name: each.values for each in found.settings}
    assert settled["base_model"] == ("tiny", "tiny")
    assert settled["learning_rate"] == ("0.0005", "0.0005")


def test_of_each_metric_the_best_is_marked_where_it_is_known_what_is_better(two: Lab) -> None:
    found = compare_jobs(two.database.reader, ["a", "b"]).metrics
    assert found == (
        Measured("loss, last", (1.5, 1.4), frozenset({1})),
        Measured("loss, best", (1.0, 1.4), frozenset({0})),
        Measured("eval_accuracy, last", (None, 0.4), frozenset()),
        Measured("eval_accuracy, best", (None, 0.5), frozenset()),
        Measured("learning_rate, last", (0.1, None), frozenset()),
    )


def test_a_job_compared_with_itself_differs_in_nothing(two: Lab) -> None:
    found = compare_jobs(two.database.reader, ["a", "a"])
    assert found.differences == []
    assert not any(metric.best for metric in found.metrics)


def test_a_job_that_is_not_there_is_named(two: Lab) -> None:
    with pytest.raises(NotFoundError, match="no job is called 'c'"):
        compare_jobs(two.database.reader, ["a", "c"])


@given(st.lists(st.none() | st.floats(), max_size=6), st.sampled_from([-1, 1]))
def test_no_number_is_better_than_the_best(values: list[float | None], better: int) -> None:
    best = _best(values, better)
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    if len(set(numbers)) < 2:
        assert not best
        return
    wanted = max(numbers) if better > 0 else min(numbers)
    assert best == {place for place, value in enumerate(values) if value == wanted}
