from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.devices import Device
from engine.training.models import load_model
from engine.training.output import OutputError, Result, find_result, save_result
from engine.training.plan import TrainingPlan
from engine.training.progress import Evaluation

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

RESULT = Result(7, Evaluation(2.0, math.exp(2), 5), Evaluation(math.nan, math.inf, 5))


def plan_for(output: Path, base: Path, **changed: object) -> TrainingPlan:
    values: dict[str, Any] = {
        "job": "job_0000000001",
        "base_model": str(base),
        "method": "full",
        "train": "/data/train.jsonl",
        "output": output,
        "hyperparameters": {},
    }
    return TrainingPlan.model_validate(values | changed)


@pytest.fixture
def plan(tmp_path: Path, tiny_base: Path) -> TrainingPlan:
    return plan_for(tmp_path / "models" / "result", tiny_base)


def save(plan: TrainingPlan, tokenizer: PreTrainedTokenizerBase) -> None:
    model = load_model(plan, Device("cpu", bf16=False))
    model.config.use_cache = False
    save_result(plan, model, tokenizer, RESULT)


def test_a_result_is_found_as_it_was_saved(
    plan: TrainingPlan, tokenizer: PreTrainedTokenizerBase
) -> None:
    assert find_result(plan) is None
    save(plan, tokenizer)
    assert repr(find_result(plan)) == repr(RESULT)
    assert [path.name for path in plan.output.parent.iterdir()] == ["result"]


def test_the_model_generates_with_its_cache_again(
    plan: TrainingPlan, tokenizer: PreTrainedTokenizerBase
) -> None:
    save(plan, tokenizer)
    assert json.loads((plan.output / "config.json").read_text())["use_cache"] is True


def test_what_a_killed_attempt_left_behind_is_removed(
    plan: TrainingPlan, tokenizer: PreTrainedTokenizerBase
) -> None:
    left = plan.output.parent / ".result.12345"
    left.mkdir(parents=True)
    (left / "model.safetensors").touch()
    assert find_result(plan) is None
    save(plan, tokenizer)
    assert not left.exists()


def test_the_model_of_another_job_is_not_taken_for_this_ones(
    plan: TrainingPlan, tokenizer: PreTrainedTokenizerBase, tiny_base: Path
) -> None:
    save(plan, tokenizer)
    other = plan_for(plan.output, tiny_base, job="job_0000000002")
    with pytest.raises(OutputError, match="it is the model of the job job_0000000001"):
        find_result(other)


def test_a_folder_of_something_else_is_left_alone(plan: TrainingPlan) -> None:
    plan.output.mkdir(parents=True)
    with pytest.raises(OutputError, match="exists already and is no model of this job's"):
        find_result(plan)
