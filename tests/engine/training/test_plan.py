from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import LabError
from engine.training.plan import (
    LoraHyperparameters,
    PlanError,
    TrainingPlan,
    hyperparameters_for,
)


def plan_values(**changed: object) -> dict[str, Any]:
    values = {
        "job": "job_0000000001",
        "base_model": "/models/base",
        "method": "lora",
        "train": "/data/train.jsonl",
        "output": "/models/mdl_0000000001",
        "hyperparameters": {"lora_rank": 4},
    }
    return values | changed


def test_steps_are_counted_as_the_trainer_does() -> None:
    chosen = hyperparameters_for("lora", {"batch_size": 4, "gradient_accumulation": 2, "epochs": 3})
    # 5 batches an epoch, so 3 steps, the last one of a single batch.
    assert chosen.total_steps(17) == 9


def test_each_device_takes_batches_of_its_own() -> None:
    chosen = hyperparameters_for("lora", {"devices": 2, "batch_size": 4, "epochs": 3})
    assert chosen.total_steps(17) == 9


def test_a_part_of_an_epoch_is_rounded_up_to_whole_steps() -> None:
    assert hyperparameters_for("lora", {"batch_size": 4, "epochs": 0.5}).total_steps(20) == 3


def test_a_step_limit_only_shortens() -> None:
    assert hyperparameters_for("lora", {"max_steps": 5}).total_steps(1000) == 5
    assert hyperparameters_for("lora", {"max_steps": 5, "epochs": 1}).total_steps(8) == 2


def test_how_many_steps_packed_examples_take_is_not_known_before() -> None:
    assert hyperparameters_for("lora", {}).planned_steps(40) == 30
    assert hyperparameters_for("lora", {"packing": True}).planned_steps(40) is None


def test_each_method_has_defaults_of_its_own() -> None:
    lora, full = hyperparameters_for("lora", {}), hyperparameters_for("full", {})
    assert isinstance(lora, LoraHyperparameters)
    assert lora.learning_rate == 5e-4
    assert full.learning_rate == 2e-5
    assert "lora_rank" not in full.model_dump()


@pytest.mark.parametrize(
    ("method", "given", "said"),
    [
        ("lora", {"learning_rate": -1}, "learning_rate is -1: it should be greater than 0"),
        ("lora", {"epochs": "many"}, "epochs is 'many': it should be a valid number"),
        ("lora", {"epochs": float("nan")}, "epochs is nan: it should be"),
        ("lora", {"batch_size": 0}, "batch_size is 0: it should be greater than or equal to 1"),
        ("lora", {"bach_size": 4}, "the method lora has no bach_size; it has epochs,"),
        ("full", {"lora_rank": 4}, "the method full has no lora_rank"),
        ("magic", {}, "there is no method 'magic': it can be lora or full"),
        (
            "lora",
            {"packing": True, "group_by_length": True},
            "packing and group_by_length cannot both be",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(
    method: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(LabError) as refused:
        hyperparameters_for(method, given)
    assert said in str(refused.value)
    assert "pydantic" not in str(refused.value)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(PlanError, match=r"epochs is 0: .*; batch_size is 0: "):
        hyperparameters_for("lora", {"epochs": 0, "batch_size": 0})


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = TrainingPlan.model_validate(plan_values())
    file = tmp_path / "plan.json"
    file.write_text(plan.model_dump_json())
    read = TrainingPlan.read(file)
    assert read == plan
    assert isinstance(read.hyperparameters, LoraHyperparameters)
    assert read.hyperparameters.lora_rank == 4


def test_a_plan_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"there is no plan at .*plan\.json"):
        TrainingPlan.read(tmp_path / "plan.json")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"method": "full"}, "lora_rank is unknown"),
        ({"seed": -1}, "seed is -1"),
        ({"job": ""}, "job is ''"),
        ({"surprise": 1}, "surprise is unknown"),
    ],
)
def test_a_plan_that_cannot_be_followed_says_why(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan_values(**changed)))
    with pytest.raises(PlanError) as refused:
        TrainingPlan.read(file)
    assert said in str(refused.value)


def test_a_torn_plan_is_no_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"job": "job_00')
    with pytest.raises(PlanError, match="cannot be followed"):
        TrainingPlan.read(file)


def test_choosing_a_model_needs_validation_examples() -> None:
    chosen = hyperparameters_for("lora", {"keep_best": True, "early_stopping": 2})
    with pytest.raises(PlanError, match="early_stopping and keep_best need validation examples"):
        chosen.check_validation(given=False)
    chosen.check_validation(given=True)
    hyperparameters_for("lora", {}).check_validation(given=False)


def test_evaluations_come_every_epoch_where_something_hangs_on_them() -> None:
    given = {"batch_size": 2, "epochs": 3}
    assert hyperparameters_for("lora", given).evaluation_steps(20) == 30
    assert hyperparameters_for("lora", given | {"keep_best": True}).evaluation_steps(20) == 10
    chosen = hyperparameters_for("lora", given | {"early_stopping": 1, "evaluate_every": 4})
    assert chosen.evaluation_steps(20) == 4
