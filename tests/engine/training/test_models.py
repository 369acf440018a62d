from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.chat_template import CONVERSATION_TEMPLATE, SOURCE_TEMPLATE
from engine.training.devices import Device
from engine.training.models import (
    ModelError,
    check_folder,
    load_encoder,
    load_model,
    load_tokenizer,
    without_adapter,
)
from engine.training.pairs import PairEncoder
from engine.training.plan import TrainingPlan

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# peft still uses a property that transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")

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


def test_an_adapter_is_put_on_the_layers_that_were_chosen(tiny_base: Path) -> None:
    chosen = load_model(plan_for(tiny_base, "lora", lora_target_modules="q_proj,v_proj"), _CPU)
    layers = {name.rpartition(".lora_")[0].rpartition(".")[2] for name in trained(chosen)}
    assert layers == {"q_proj", "v_proj"}
    with pytest.raises(ModelError, match=r"no linear layer called c_attn; it has .*q_proj"):
        load_model(plan_for(tiny_base, "lora", lora_target_modules="q_proj,c_attn"), _CPU)


def test_weights_that_do_not_fit_are_refused_not_drawn_at_random(
    tiny_base: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny_base, tmp_path / "model")
    file = folder / "model.safetensors"
    weights = load_file(file)
    del weights["model.layers.1.mlp.up_proj.weight"]
    weights["model.norm.weight"] = weights["model.norm.weight"][:-1].clone()
    save_file(weights, file, {"format": "pt"})
    with pytest.raises(
        ModelError, match=r"up_proj\.weight is missing or of another shape, and so are 1 more"
    ):
        load_model(plan_for(folder, "full"), _CPU)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"the weights of .* are damaged"):
        load_model(plan_for(folder, "full"), _CPU)


def test_code_that_comes_with_a_model_is_not_run(tiny_base: Path, tmp_path: Path) -> None:
    folder, ran = shutil.copytree(tiny_base, tmp_path / "model"), tmp_path / "ran"
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')")
    with pytest.raises(ModelError, match="code that comes with a model is not run"):
        load_encoder(str(folder), 64)
    assert not ran.exists()


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


def test_an_adapter_of_an_encoder_decoder_model_is_on_every_linear_layer_too(
    tiny_t5: Path,
) -> None:
    from peft import PeftModelForSeq2SeqLM

    model = load_model(plan_for(tiny_t5, "lora", lora_rank=4), _CPU)
    layers = {name.split(".lora_")[0].rpartition(".")[2] for name in trained(model)}
    assert isinstance(model, PeftModelForSeq2SeqLM)
    assert layers == {"q", "k", "v", "o", "wi_0", "wi_1", "wo"}
    assert type(without_adapter(model)).__name__ == "T5ForConditionalGeneration"


def test_an_adapter_fits_linear_layers_that_lie_the_other_way_around(tmp_path: Path) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2)).save_pretrained(
        tmp_path
    )
    model = load_model(plan_for(tmp_path, "lora", lora_rank=4), _CPU)
    layers = {name.split(".lora_")[0].rpartition(".")[2] for name in trained(model)}
    assert layers == {"c_attn", "c_proj", "c_fc"}


def test_an_encoder_decoder_model_reads_sources_and_writes_targets(tiny_t5: Path) -> None:
    tokenizer, encoder = load_encoder(str(tiny_t5), 100_000)
    assert isinstance(encoder, PairEncoder)
    assert encoder.max_length == 100_000
    assert tokenizer.chat_template == SOURCE_TEMPLATE


def test_the_examples_tell_whether_a_model_shall_read_whole_conversations(
    tiny_t5: Path, tmp_path: Path
) -> None:
    file = tmp_path / "train.jsonl"
    pair = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]
    for messages, template in (pair, SOURCE_TEMPLATE), (pair * 2, CONVERSATION_TEMPLATE):
        file.write_text(json.dumps({"messages": messages}) + "\n")
        assert load_encoder(str(tiny_t5), 100, file)[0].chat_template == template


@pytest.mark.parametrize("method", ["lora", "full"])
def test_an_earlier_adapter_is_gone_on_from_where_it_ended(
    tiny_base: Path, tiny_adapter: Path, method: str
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny_base)
    earlier = PeftModel.from_pretrained(base, tiny_adapter).eval()
    ids = torch.arange(4, 40)[None]
    settings = {"lora_dropout": 0.25} if method == "lora" else {}
    plan = plan_for(tiny_base, method, **settings).model_copy(update={"adapter": tiny_adapter})
    model = load_model(plan, _CPU).eval()
    torch.testing.assert_close(model(ids).logits, earlier(ids).logits, rtol=1e-3, atol=1e-3)
    found = trained(model)
    if method == "lora":
        assert all(".lora_" in name for name in found)
        assert {module.p for module in model.modules() if type(module) is torch.nn.Dropout} == {
            0.25
        }
        assert model.peft_config["default"].r == 4
    else:
        assert found == {name for name, _ in model.named_parameters()}
        assert not any("lora" in name for name in found)


def test_an_adapter_that_is_not_there_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no adapter at .*: it has no adapter_config"):
        check_folder(str(tiny_base), tmp_path)


def test_full_fine_tuning_trains_every_weight_in_float32(tiny_base: Path) -> None:
    import torch

    model = load_model(plan_for(tiny_base, "full"), _CPU)
    assert without_adapter(model) is model
    assert all(weights.requires_grad for weights in model.parameters())
    assert {weights.dtype for weights in model.parameters()} == {torch.float32}


def test_examples_are_no_longer_than_the_model_can_take(tiny_base: Path) -> None:
    assert load_encoder(str(tiny_base), 100)[1].max_length == 100
    assert load_encoder(str(tiny_base), 100_000)[1].max_length == 2048


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))
    with pytest.raises(ModelError, match="is a model of the kind clip; only causal language model"):
        load_encoder(str(tmp_path), 100)


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
