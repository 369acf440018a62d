from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.devices import Device
from engine.training.models import (
    ModelError,
    check_folder,
    load_model,
    load_tokenizer,
    longest_example,
    without_adapter,
)
from engine.training.plan import TrainingPlan

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_CPU = Device("cpu", bf16=False)


def plan_for(base: Path, method: str, **hyperparameters: object) -> TrainingPlan:
    values: dict[str, Any] = {
        "job": "job_0000000001",
        "base_model": str(base),
        "method": method,
        "train": "/data/train.jsonl",
        "output": "/models/result",
        "hyperparameters": hyperparameters,
    }
    return TrainingPlan.model_validate(values)


def trained(model: PreTrainedModel) -> set[str]:
    return {name for name, weights in model.named_parameters() if weights.requires_grad}


def test_a_folder_without_a_model_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    check_folder(str(tiny_base))
    check_folder("some/hub-id")
    with pytest.raises(ModelError, match=r"there is no model at .*: it has no config\.json"):
        check_folder(str(tmp_path))


def test_an_adapter_is_put_on_every_linear_layer_and_nothing_else_is_trained(
    tiny_base: Path,
) -> None:
    model = load_model(plan_for(tiny_base, "lora", lora_rank=4), _CPU)
    names = trained(model)
    layers = {name.split(".lora_")[0].rpartition(".")[2] for name in names}
    assert all(".lora_" in name for name in names)
    assert layers == {
        *("q_proj", "k_proj", "v_proj", "o_proj"),
        *("gate_proj", "up_proj", "down_proj"),
    }
    assert type(without_adapter(model)).__name__ == "LlamaForCausalLM"


def test_full_fine_tuning_trains_every_weight_in_float32(tiny_base: Path) -> None:
    import torch

    model = load_model(plan_for(tiny_base, "full"), _CPU)
    assert without_adapter(model) is model
    assert all(weights.requires_grad for weights in model.parameters())
    assert {weights.dtype for weights in model.parameters()} == {torch.float32}


def test_examples_are_no_longer_than_the_model_can_take(tiny_base: Path) -> None:
    assert longest_example(str(tiny_base), 100) == 100
    assert longest_example(str(tiny_base), 100_000) == 2048


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5"}))
    with pytest.raises(ModelError, match="is a model of the kind t5; only causal language models"):
        longest_example(str(tmp_path), 100)


def test_pickled_weights_are_not_read(tiny_base: Path, tmp_path: Path) -> None:
    import torch

    base = tmp_path / "base"
    shutil.copytree(tiny_base, base)
    (base / "model.safetensors").unlink()
    torch.save({}, base / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        load_model(plan_for(base, "full"), _CPU)


def test_a_tokenizer_without_template_or_padding_gets_them(
    tiny_plain: Path, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_plain, base)
    settings = json.loads((base / "tokenizer_config.json").read_text())
    del settings["pad_token"]
    (base / "tokenizer_config.json").write_text(json.dumps(settings))
    tokenizer = load_tokenizer(str(base))
    assert tokenizer.chat_template
    assert tokenizer.pad_token == tokenizer.eos_token == "<|end|>"  # noqa: S105 (no password)
    assert tokenizer.padding_side == "right"
