"""Jobs and models beside each other."""

from __future__ import annotations

import pytest

from engine.comparing.comparison import compare
from engine.comparing.metrics import Measured
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import JobStatusChanged, JobSucceeded
from tests.engine.comparing.conftest import AddVersion, PlanJob, RegisterModel
from tests.engine.comparing.evaluations import Evaluations, right


@pytest.fixture
def two(plan_job: PlanJob) -> None:
    plan_job("a", {"loss": [2.0, 1.0, 1.5], "learning_rate": [1.0, 0.5, 0.1]})
    epochs = {"epochs": 3, "learning_rate": 5e-4}
    plan_job(
        "b", {"loss": [2.0, 1.8, 1.4], "eval_accuracy": [0.1, 0.5, 0.4]}, hyperparameters=epochs
    )


@pytest.mark.usefixtures("two")
def test_only_what_differs_is_a_difference(lab: Lab) -> None:
    found = compare(lab.database.reader, ["a", "b"])
    told = {each.name: (each.topic, each.values) for each in found.differences}
    assert told == {"epochs": ("hyperparameters", (1, 3))}
    settled = {each.name: each.values for each in found.settings}
    assert settled["base_model"] == ("tiny", "tiny")
    assert settled["learning_rate"] == (5e-4, 5e-4)


@pytest.mark.usefixtures("two")
def test_of_each_metric_the_best_is_marked_where_it_is_known_what_is_better(lab: Lab) -> None:
    assert compare(lab.database.reader, ["a", "b"]).metrics == (
        # Both stand at the same step of the same data, and no evaluation tells of both.
        Measured("loss, last", (1.5, 1.4), frozenset({1})),
        Measured("loss, best", (1.0, 1.4), frozenset({0})),
        Measured("eval_accuracy, last", (None, 0.4), frozenset()),
        Measured("eval_accuracy, best", (None, 0.5), frozenset()),
        Measured("learning_rate, last", (0.1, None), frozenset()),
    )


def test_what_was_cut_short_is_not_marked_as_the_best(lab: Lab, plan_job: PlanJob) -> None:
    plan_job("early", {"loss": [0.1]})
    for name, values in (("a", [2.0, 1.5]), ("b", [2.0, 1.4])):
        job = plan_job(name, {"loss": values})
        lab.log.append(f"job/{job}", JobSucceeded(model=f"mdl_{name}"))
    all_three = ["early", "a", "b"]
    found = {each.name: each.best for each in compare(lab.database.reader, all_three).metrics}
    assert found == {"loss, last": {2}, "loss, best": {2}}
    assert not any(each.best for each in compare(lab.database.reader, ["early", "a"]).metrics)


def test_a_training_loss_is_not_marked_where_an_evaluation_tells(
    lab: Lab, plan_job: PlanJob
) -> None:
    plan_job("a", {"loss": [2.0, 0.5], "eval_loss": [1.0, 1.2]})
    plan_job("b", {"loss": [2.0, 1.5], "eval_loss": [1.1, 1.1]})
    found = {each.name: each.best for each in compare(lab.database.reader, ["a", "b"]).metrics}
    assert found == {
        "eval_loss, last": {1},
        "eval_loss, best": {0},
        "loss, last": frozenset(),
        "loss, best": frozenset(),
    }


def test_what_was_measured_on_other_data_has_no_best(lab: Lab, plan_job: PlanJob) -> None:
    plan_job("a", {"loss": [2.0], "eval_loss": [1.0]}, validation="ds_2")
    plan_job("b", {"loss": [1.0], "eval_loss": [2.0]}, validation="ds_3", dataset="ds_4")
    assert not any(each.best for each in compare(lab.database.reader, ["a", "b"]).metrics)


@pytest.mark.usefixtures("two")
def test_what_is_not_there_is_named(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match="no job and no model is called 'c'"):
        compare(lab.database.reader, ["a", "c"])


def test_a_setting_that_one_of_them_does_not_have_differs(lab: Lab, plan_job: PlanJob) -> None:
    plan_job("a", hyperparameters={"lora_rank": 0})
    plan_job("b", hyperparameters={})
    plan_job("c", hyperparameters={"lora_rank": False})
    [rank] = compare(lab.database.reader, ["a", "b", "c"]).differences
    assert (rank.name, rank.values) == ("lora_rank", (0, None, False))
    [rank] = compare(lab.database.reader, ["a", "c"]).differences
    assert rank.differs


def test_where_jobs_ran_and_how_that_went_is_compared(lab: Lab, plan_job: PlanJob) -> None:
    for name, torch in (("a", "2.12"), ("b", "2.13")):
        details = {"device": "cpu", "environment": {"torch": torch, "command": ["x"], "seeds": {}}}
        plan_job(name)
        lab.log.append(f"job/job_{name}", JobStatusChanged(status="running", details=details))
    found = compare(lab.database.reader, ["a", "b"])
    environment = {each.name: each.values for each in found.settings if each.topic == "environment"}
    assert environment == {"device": ("cpu", "cpu"), "torch": ("2.12", "2.13")}
    course = {each.name: each.values for each in found.settings if each.topic == "course"}
    assert course["status"] == ("running", "running")


def test_a_seed_is_told_once_unless_it_is_another(lab: Lab, plan_job: PlanJob) -> None:
    for name, seed in (("a", 7), ("b", 8)):
        plan_job(name, seed=7)
        details = {"environment": {"seed": seed}}
        lab.log.append(f"job/job_{name}", JobStatusChanged(status="running", details=details))
    found = compare(lab.database.reader, ["a", "b"]).settings
    seeds = [(each.topic, each.values) for each in found if each.name == "seed"]
    assert seeds == [("plan", (7, 7)), ("environment", (None, 8))]


def test_how_one_was_trained_has_nothing_beside_it_in_a_model_that_was_not(
    lab: Lab, plan_job: PlanJob, register: RegisterModel, evaluations: Evaluations
) -> None:
    register("a", plan_job("a"))
    evaluations.evaluate(evaluations.suite("sums", 1), "local/tiny", [right()])
    found = compare(lab.database.reader, ["tiny", "a"])
    assert found.only_trained == found.subjects[1]
    assert found.differences == []
    told = {each.name: each.values for each in found.settings if not each.is_alone}
    assert told == {"provider": ("local", "local"), "base_model": ("tiny", "tiny")}
    register("b", plan_job("b", hyperparameters={"epochs": 2}))
    all_three = compare(lab.database.reader, ["tiny", "a", "b"])
    assert all_three.only_trained is None
    assert [each.name for each in all_three.differences] == ["epochs", "learning_rate"]


def test_the_data_is_told_by_its_name_and_version(
    lab: Lab, plan_job: PlanJob, add_version: AddVersion
) -> None:
    first, second = add_version("sums", 1, ["1"]), add_version("sums", 2, ["1", "2"])
    plan_job("a", dataset=first, validation=first)
    plan_job("b", dataset=second, validation=first)
    plan_job("c", dataset="ds_elsewhere")
    found = compare(lab.database.reader, ["a", "b", "c"])
    data = {each.name: each.values for each in found.settings if each.topic == "data"}
    assert data == {
        "dataset": ("sums@1", "sums@2", "ds_elsewhere"),
        "examples": (1, 2, None),
        "validation": ("sums@1", "sums@1", None),
        "examples_in_validation": (1, 1, None),
    }


def test_what_all_of_them_were_made_of_is_told(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    register("facts", plan_job("facts"))
    for name in ("a", "b"):
        plan_job(name, base_model="mdl_facts", options={"from": "mdl_facts"})
    found = compare(lab.database.reader, ["a", "b"])
    assert found.lineage == ("tiny", "facts")
    assert found.subjects[0].lineage == ("tiny", "facts")
    assert compare(lab.database.reader, ["a", "facts"]).lineage == ("tiny",)


def test_what_a_machine_did_is_nobodys_best(lab: Lab, plan_job: PlanJob) -> None:
    plan_job("lean", {"memory_bytes": [5e8], "step_seconds": [0.5], "tokens_per_second": [90.0]})
    plan_job("fat", {"memory_bytes": [9e8], "step_seconds": [0.9], "tokens_per_second": [50.0]})
    found = compare(lab.database.reader, ["lean", "fat"]).metrics
    assert [each.name for each in found] == [
        "memory_bytes, last",
        "step_seconds, last",
        "tokens_per_second, last",
    ]
    assert not any(each.best for each in found)
