"""Reading a base model and its tokenizer, and putting an adapter on it.

There are two kinds: causal models, which go on with a text, and encoder-decoder models (such as
T5), which read one text and write another. The model's config tells which one it is.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.training import scratch
from engine.training.chat_template import ensure_chat_template, ensure_source_template
from engine.training.examples import Encoder, ExampleEncoder
from engine.training.pairs import PairEncoder, are_conversations
from engine.training.plan import ALL_LINEAR, LoraHyperparameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

    from engine.training.devices import Device
    from engine.training.plan import TrainingPlan


class ModelError(Exception):
    """A base model that cannot be trained here."""


def check_folder(base_model: str, adapter: Path | None = None) -> None:
    """Make sure that a base model given as a folder is there, before anything heavy is loaded.

    Args:
        base_model: a folder, or what is none.
        adapter: the folder of the adapter that is gone on from.

    Raises:
        ModelError: if it is not.
    """
    folder = Path(base_model)
    if folder.is_absolute() and not (folder / "config.json").is_file():
        raise ModelError(f"there is no model at {folder}: it has no config.json")
    if adapter is not None and not (adapter / "adapter_config.json").is_file():
        raise ModelError(f"there is no adapter at {adapter}: it has no adapter_config.json")


def is_local(base_model: str) -> bool:
    """Tell whether a base model is a folder, or made in one, so that no hub is needed."""
    return Path(base_model).is_absolute() or base_model in scratch.NAMES


def load_tokenizer(base_model: str) -> PreTrainedTokenizerBase:
    """Read a causal model's tokenizer, and give it what training needs if it lacks it.

    Raises:
        ModelError: if it cannot tell which characters a token stands for.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base_model, trust_remote_code=False)
    if not tokenizer.is_fast:
        raise ModelError(
            f"the tokenizer of {base_model} has no fast version (tokenizer.json), without which "
            "the assistant's words cannot be told from the others"
        )
    ensure_chat_template(tokenizer)
    return _with_padding(tokenizer)


def load_encoder(
    base_model: str, max_length: int, train: Path | None = None
) -> tuple[PreTrainedTokenizerBase, Encoder]:
    """Read a model's tokenizer, and return with it what makes tokens of examples for the model.

    Args:
        base_model: a model folder, or a hub id.
        max_length: how many tokens of an example to keep, if the model can take so many.
        train: the file of examples that it learns from, which may tell how it shall be asked.

    Raises:
        ModelError: if it is no language model that can be trained, or its tokenizer is no use.
    """
    from transformers import AutoTokenizer

    config = _load_config(base_model)
    _check_kind(base_model, config)
    longest = _longest_example(config, max_length)
    if not config.is_encoder_decoder:
        tokenizer = load_tokenizer(base_model)
        return tokenizer, ExampleEncoder(tokenizer, longest)
    tokenizer = AutoTokenizer.from_pretrained(base_model, trust_remote_code=False)
    ensure_source_template(tokenizer, conversations=None if train is None else _told_in(train))
    return _with_padding(tokenizer), PairEncoder(tokenizer, longest)


def load_model(plan: TrainingPlan, device: Device) -> PreTrainedModel:
    """Read the base model, ready to be trained by the plan's method.

    Weights that are trained are float32. Those that an adapter leaves alone are bfloat16 on a GPU
    that computes in it, which halves their memory.

    Raises:
        OSError: if its weights are missing, or no safetensors.
        ModelError: if they are damaged, or others than its config tells.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    lora = plan.hyperparameters if isinstance(plan.hyperparameters, LoraHyperparameters) else None
    halved = lora is not None and device.kind == "cuda" and device.bf16
    config = _load_config(plan.base_model)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    try:
        model, report = kind.from_pretrained(
            plan.base_model,
            dtype=torch.bfloat16 if halved else torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except SafetensorError as error:
        raise ModelError(f"the weights of {plan.base_model} are damaged: {error}") from error
    _check_weights(plan.base_model, report)
    if plan.adapter is not None:
        return _with_earlier_adapter(model, plan.adapter, lora)
    return model if lora is None else _with_adapter(model, lora)


def without_adapter(model: PreTrainedModel) -> PreTrainedModel:
    """Return the base model itself, of a model with or without an adapter."""
    return model.get_base_model() if hasattr(model, "peft_config") else model


def _load_config(base_model: str) -> PreTrainedConfig:
    """Read a model's config; code that comes with a model is never run.

    Raises:
        ModelError: if transformers knows no model of its kind.
    """
    from transformers import AutoConfig

    try:
        config: PreTrainedConfig = AutoConfig.from_pretrained(base_model, trust_remote_code=False)
    except ValueError as error:
        raise ModelError(
            f"{base_model} is no model of a kind that transformers knows by its config.json; code "
            "that comes with a model is not run"
        ) from error
    return config


def _check_weights(base_model: str, report: Mapping[str, Any]) -> None:
    """See that no weight was drawn at random because the file has none that fits.

    Args:
        base_model: the model.
        report: what `from_pretrained` tells of its loading.
    """
    others = [name for name, *_ in report["mismatched_keys"]]
    missing = sorted({*report["missing_keys"], *others})
    if missing:
        more = f", and so are {len(missing) - 1} more" if missing[1:] else ""
        raise ModelError(
            f"the weights of {base_model} are not those of its config.json: {missing[0]} is "
            f"missing or of another shape{more}"
        )


def _check_kind(base_model: str, config: PreTrainedConfig) -> None:
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING

    pairs = MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING
    kinds = pairs if config.is_encoder_decoder else MODEL_FOR_CAUSAL_LM_MAPPING
    if type(config) not in kinds:
        raise ModelError(
            f"{base_model} is a model of the kind {config.model_type}; only causal language models "
            "and encoder-decoder models (such as T5) can be trained"
        )


def _longest_example(config: PreTrainedConfig, max_length: int) -> int:
    positions = getattr(config, "max_position_embeddings", None)
    return min(max_length, positions) if isinstance(positions, int) else max_length


def _told_in(train: Path) -> bool:
    """Tell whether a file's examples are conversations of several turns; a missing one has none."""
    if not train.is_file():
        return False
    with train.open(encoding="utf-8", newline="\n") as lines:
        return are_conversations(lines)


def _with_padding(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
    tokenizer.padding_side = "right"
    return tokenizer


def _with_adapter(model: PreTrainedModel, lora: LoraHyperparameters) -> PreTrainedModel:
    """Put a new adapter on, on every linear layer but the output's unless some were chosen.

    The first is peft's `all-linear`; left to itself peft takes few layers, which ones by a table of
    architectures (of T5 `q` and `v` alone), and none of an architecture that it does not know.
    """
    from peft import LoraConfig, TaskType, get_peft_model
    from transformers.pytorch_utils import Conv1D

    of_pairs = model.config.is_encoder_decoder
    config = LoraConfig(
        task_type=TaskType.SEQ_2_SEQ_LM if of_pairs else TaskType.CAUSAL_LM,
        # GPT-2's linear layers keep their weights the other way around.
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in model.modules()),
        r=lora.lora_rank,
        lora_alpha=lora.lora_alpha,
        lora_dropout=lora.lora_dropout,
        target_modules=_target_modules(model, lora.lora_target_modules),
    )
    with warnings.catch_warnings():
        # peft still asks for a property by the name that it had before transformers renamed it.
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing", FutureWarning)
        return get_peft_model(model, config)


def _target_modules(model: PreTrainedModel, chosen: str) -> str | list[str]:
    """Return the layers that an adapter changes, in peft's words.

    Raises:
        ModelError: if the model has no layer of one of the names, naming those that it has.
    """
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D

    if chosen == ALL_LINEAR:
        return chosen
    modules = model.named_modules()
    layers = [name for name, module in modules if isinstance(module, Linear | Conv1D)]
    for name in (wanted := chosen.split(",")):
        if not any(layer == name or layer.endswith(f".{name}") for layer in layers):
            known = ", ".join(sorted({layer.rpartition(".")[2] for layer in layers}))
            raise ModelError(f"the model has no linear layer called {name}; it has {known}")
    return wanted


def _with_earlier_adapter(
    model: PreTrainedModel, folder: Path, lora: LoraHyperparameters | None
) -> PreTrainedModel:
    """Put an adapter on that was trained before: to be trained on, or added to the model's weights.

    Its shape is its own; what it leaves out of a step is the plan's to say.
    """
    from peft import PeftConfig, PeftModel

    config = PeftConfig.from_pretrained(folder)
    if lora is not None:
        config.lora_dropout = lora.lora_dropout
        config.inference_mode = False
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing", FutureWarning)
        adapted = PeftModel.from_pretrained(
            model, folder, config=config, is_trainable=lora is not None
        )
    if lora is not None:
        return adapted
    whole: PreTrainedModel = adapted.merge_and_unload()
    whole.requires_grad_(requires_grad=True)
    return whole
