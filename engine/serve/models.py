"""The models in memory: each base model once, with the adapters that were asked for.

Loads torch; imported by the worker thread when the first model is wanted. Not safe for several
threads: the one worker thread owns it.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from engine.serve.settings import ServedModel
from engine.training.chat_template import ensure_chat_template, ensure_source_template

log = logging.getLogger(__name__)

_ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


class ModelLoadError(Exception):
    """A model cannot be loaded, with the reason and what to do."""


@dataclass(frozen=True, slots=True)
class ReadyModel:
    """A model that can answer now.

    Attributes:
        network: the transformers or peft model, its adapter (if any) switched on.
        tokenizer: the tokenizer, with a chat template.
        end_tokens: the ids that end an answer.
        context: how many tokens question and answer may have together, or each of them if the model
            reads apart; None if nothing says so.
    """

    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    end_tokens: frozenset[int]
    context: int | None

    @property
    def reads_apart(self) -> bool:
        """Whether it reads a question apart from what it writes (an encoder-decoder model)."""
        return _reads_apart(self.network)

    @property
    def takes_padding(self) -> bool:
        """Whether prompts of several lengths can be answered together, padded to one.

        Before its prompt a row has padding: a model that cannot be told where each token stands
        would count that in.
        """
        return self.reads_apart or "position_ids" in self.parameters

    @property
    def parameters(self) -> frozenset[str]:
        """What the model's `forward` can be given, by name."""
        network = self.network
        base = network.get_base_model() if hasattr(network, "peft_config") else network
        return frozenset(inspect.signature(base.forward).parameters)


@dataclass(slots=True)
class _Base:
    """A base model with its loaded adapters, by their folders.

    The first adapter wraps the network into a peft model; peft knows adapters by name.
    """

    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    adapters: dict[str, str] = field(default_factory=dict)
    adapter_tokenizers: dict[str, PreTrainedTokenizerBase] = field(default_factory=dict)


class LoadedModels:
    """Loads models as they are asked for and keeps them."""

    def __init__(self) -> None:
        transformers_logging.disable_progress_bar()
        self._bases: dict[str, _Base] = {}

    @contextmanager
    def ready(self, served: ServedModel) -> Iterator[ReadyModel]:
        """Make a model ready to answer for as long as the context lasts.

        Raises:
            ModelLoadError: if a file is missing or is no model.
        """
        base = self._bases.get(served.base) or self._load_base(served.base)
        if served.adapter is not None and served.adapter not in base.adapters:
            self._add_adapter(base, served.base, served.adapter)
        with _switched(base, served.adapter):
            tokenizer = base.adapter_tokenizers.get(served.adapter or "", base.tokenizer)
            yield ReadyModel(
                base.network,
                tokenizer,
                _end_tokens(base.network, tokenizer),
                _context(base.network),
            )

    def _add_adapter(self, base: _Base, source: str, folder: str) -> None:
        try:
            _load_adapter(base, folder)
        except Exception:
            # peft changes the network in place, and a failure leaves it half changed.
            del self._bases[source]
            raise

    def _load_base(self, source: str) -> _Base:
        began = time.monotonic()
        if Path(source).is_absolute() and not Path(source).is_dir():
            raise ModelLoadError(f"there is no folder {source}")
        try:
            # Safetensors alone: other weight files are pickles, which can run code when read.
            config = AutoConfig.from_pretrained(source, trust_remote_code=False)
            kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
            network = kind.from_pretrained(
                source, dtype="auto", use_safetensors=True, trust_remote_code=False
            )
            tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        except (OSError, ValueError) as error:
            raise ModelLoadError(f"{source} cannot be loaded: {error}") from error
        _ensure_template(tokenizer, network)
        network.eval().to(_device())
        _forget_sampling_defaults(network)
        self._bases[source] = base = _Base(network, tokenizer)
        log.info("loaded %s in %.1f s on %s", source, time.monotonic() - began, network.device)
        return base


def _device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _reads_apart(network: PreTrainedModel) -> bool:
    return bool(network.config.is_encoder_decoder)


def _ensure_template(tokenizer: PreTrainedTokenizerBase, network: PreTrainedModel) -> None:
    if _reads_apart(network):
        ensure_source_template(tokenizer)
    else:
        ensure_chat_template(tokenizer)


def _forget_sampling_defaults(network: PreTrainedModel) -> None:
    """Drop the author's sampling defaults: the request alone says how an answer is drawn."""
    author = network.generation_config
    network.generation_config = GenerationConfig(
        bos_token_id=author.bos_token_id,
        eos_token_id=author.eos_token_id,
        pad_token_id=author.pad_token_id,
        decoder_start_token_id=_first_written(network),
    )


def _first_written(network: PreTrainedModel) -> int | None:
    """Return the token with which an encoder-decoder model begins to write."""
    author = network.generation_config.decoder_start_token_id
    configured = getattr(network.config, "decoder_start_token_id", None)
    return configured if author is None else author


def _load_adapter(base: _Base, folder: str) -> None:
    from peft import PeftModel

    missing = [name for name in _ADAPTER_FILES if not (Path(folder) / name).is_file()]
    if missing:
        raise ModelLoadError(f"{folder} is no adapter: it has no {' and no '.join(missing)}")
    name = f"adapter{len(base.adapters)}"
    try:
        if base.adapters:
            base.network.load_adapter(folder, adapter_name=name)
        else:
            base.network = PeftModel.from_pretrained(base.network, folder, adapter_name=name)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelLoadError(f"the adapter {folder} does not fit its base: {error}") from error
    base.network.eval()
    base.adapters[folder] = name
    if (Path(folder) / "tokenizer_config.json").is_file():
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        _ensure_template(tokenizer, base.network)
        base.adapter_tokenizers[folder] = tokenizer
    log.info("loaded adapter %s", folder)


def _switched(base: _Base, adapter: str | None) -> AbstractContextManager[object]:
    """Switch to an adapter, or all of them off for as long as the context lasts."""
    if adapter is not None:
        base.network.set_adapter(base.adapters[adapter])
        return nullcontext()
    disabled: AbstractContextManager[object] = (
        base.network.disable_adapter() if base.adapters else nullcontext()
    )
    return disabled


def _end_tokens(network: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    configured = network.generation_config.eos_token_id
    ids = configured if isinstance(configured, list) else [configured]
    return frozenset(token for token in (*ids, tokenizer.eos_token_id) if token is not None)


def _context(network: PreTrainedModel) -> int | None:
    context = getattr(network.config.get_text_config(), "max_position_embeddings", None)
    return context if isinstance(context, int) and context > 0 else None
