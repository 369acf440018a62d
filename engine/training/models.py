"""Reading a base model and its tokenizer, and putting an adapter on it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from engine.training.chat_template import ensure_chat_template
from engine.training.plan import LoraHyperparameters

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from engine.training.devices import Device
    from engine.training.plan import TrainingPlan


class ModelError(Exception):
    """A base model that cannot be trained here."""


def check_folder(base_model: str) -> None:
    """Make sure that a base model given as a folder is there, before anything heavy is loaded.

    Raises:
        ModelError: if it is not.
    """
    folder = Path(base_model)
    if folder.is_absolute() and not (folder / "config.json").is_file():
        raise ModelError(f"there is no model at {folder}: it has no config.json")


def is_local(base_model: str) -> bool:
    """Tell whether a base model is a folder, so that no hub is needed."""
    return Path(base_model).is_absolute()


def load_tokenizer(base_model: str) -> PreTrainedTokenizerBase:
    """Read a model's tokenizer, and give it what training needs if it lacks it.

    Raises:
        ModelError: if it cannot tell which characters a token stands for.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base_model)
    if not tokenizer.is_fast:
        raise ModelError(
            f"the tokenizer of {base_model} has no fast version (tokenizer.json), without which "
            "the assistant's words cannot be told from the others"
        )
    ensure_chat_template(tokenizer)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
    tokenizer.padding_side = "right"
    return tokenizer


def load_model(plan: TrainingPlan, device: Device) -> PreTrainedModel:
    """Read the base model, ready to be trained by the plan's method.

    Weights that are trained are float32. Those that an adapter leaves alone are bfloat16 on a GPU
    that computes in it, which halves their memory.

    Raises:
        OSError: if its weights are missing, or no safetensors.
    """
    import torch
    from transformers import AutoModelForCausalLM

    lora = plan.hyperparameters if isinstance(plan.hyperparameters, LoraHyperparameters) else None
    halved = lora is not None and device.kind == "cuda" and device.bf16
    model = AutoModelForCausalLM.from_pretrained(
        plan.base_model,
        dtype=torch.bfloat16 if halved else torch.float32,
        use_safetensors=True,
    )
    return model if lora is None else _with_adapter(model, lora)


def longest_example(base_model: str, max_length: int) -> int:
    """Return how many tokens of an example a model can take, `max_length` at most.

    Raises:
        ModelError: if it is no causal language model.
    """
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig

    config = AutoConfig.from_pretrained(base_model)
    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        raise ModelError(
            f"{base_model} is a model of the kind {config.model_type}; only causal language models "
            "can be trained"
        )
    positions = getattr(config, "max_position_embeddings", None)
    return min(max_length, positions) if isinstance(positions, int) else max_length


def without_adapter(model: PreTrainedModel) -> PreTrainedModel:
    """Return the base model itself, of a model with or without an adapter."""
    return model.get_base_model() if hasattr(model, "peft_config") else model


def _with_adapter(model: PreTrainedModel, lora: LoraHyperparameters) -> PreTrainedModel:
    from peft import LoraConfig, TaskType, get_peft_model

    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=lora.lora_rank,
        lora_alpha=lora.lora_alpha,
        lora_dropout=lora.lora_dropout,
        target_modules="all-linear",
    )
    with warnings.catch_warnings():
        # peft still asks for a property by the name that it had before transformers renamed it.
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing", FutureWarning)
        return get_peft_model(model, config)
