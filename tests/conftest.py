"""Language models of a few kilobytes with random weights, made on the spot, and their server.

Nothing is downloaded. Everything is made once a session, when first wanted. Temporary folders lie
in memory where there is room.
"""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from engine.serve.process import LocalServer
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM, PreTrainedModel, T5ForConditionalGeneration

_CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' and not loop.first %}"
    "{{ raise_exception('the system message comes first') }}{% endif %}"
    "<|{{ message['role'] }}|>{{ message['content'] }}<|end|>"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_CONTEXT = 2048
_END = "<|end|>"
_SPECIAL_TOKENS = [_END, "<|system|>", "<|user|>", "<|assistant|>"]
_CORPUS = [
    "How many clips did Natalia sell? She sold 48 / 2 = 24 clips in May.",
    "The café sells crêpes, 日本語 and 🦊 all day long.",
    "A quick brown fox jumps over the lazy dog while it rains.",
]
_MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes a folder of its user's own in it)
_ROOM = 4 << 30
"""Bytes that must be free in it; all tests together leave less than half of that there."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep temporary folders in memory: at every commit, a database waits for its disk."""
    if config.option.basetemp is None and _has_room(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_collection_finish() -> None:
    """Look no more for garbage among what was loaded: that took a fourth of a screen's test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by what they stand for: workers agree on names, and packed bytes hold the time."""
    return argname if isinstance(val, bytes) else None


def _has_room(memory: Path) -> bool:
    return (
        memory.is_dir()
        and shutil.disk_usage(memory).free > _ROOM
        and psutil.virtual_memory().available > 2 * _ROOM
    )


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a two-layer Llama with a chat template; its greedy answers never end."""
    folder = tmp_path_factory.mktemp("base")
    _save(_llama(seed=1), folder, _CHAT_TEMPLATE)
    return folder


@pytest.fixture(scope="session")
def tiny_adapter(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a LoRA adapter of `tiny_base` that changes its answers."""
    folder = tmp_path_factory.mktemp("adapter")
    _save_adapter(tiny_base, folder)
    return folder


@pytest.fixture(scope="session")
def tiny_plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of another such Llama, without a chat template."""
    folder = tmp_path_factory.mktemp("plain")
    _save(_llama(seed=2), folder, None)
    return folder


@pytest.fixture(scope="session")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a T5 of two and two layers, without a template, its texts ended by a mark."""
    folder = tmp_path_factory.mktemp("t5")
    _save(_t5(seed=5), folder, None, ended=True)
    return folder


@pytest.fixture(scope="session")
def served_models(
    tiny_base: Path,
    tiny_adapter: Path,
    tiny_plain: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[ServedModel]:
    """The tiny models, one that ends every answer at once, and one whose files are gone."""
    silent = tmp_path_factory.mktemp("silent")
    _save(_silenced(_llama(seed=3)), silent, _CHAT_TEMPLATE)
    return [
        ServedModel("base", str(tiny_base)),
        ServedModel("tuned", str(tiny_base), str(tiny_adapter)),
        ServedModel("plain", str(tiny_plain)),
        ServedModel("silent", str(silent)),
        ServedModel("lost", str(tiny_base / "not-there")),
    ]


@pytest.fixture(scope="session")
def server(served_models: list[ServedModel]) -> Iterator[LocalServer]:
    """A running model server, shared by all tests that do no harm to it."""
    with LocalServer(served_models) as running:
        yield running


def _llama(seed: int) -> LlamaForCausalLM:
    import torch
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=400,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=_CONTEXT,
        initializer_range=0.6,  # wide, so that the next token depends on those before it
        bos_token_id=None,
        eos_token_id=0,
        pad_token_id=0,
    )
    model = LlamaForCausalLM(config)
    # The end token's score is always 0, and some other of the 399 always has more.
    model.lm_head.weight.data[0] = 0
    # An author's sampling defaults, which must not get into the server's answers.
    model.generation_config = GenerationConfig(
        eos_token_id=0, pad_token_id=0, do_sample=True, top_k=1, repetition_penalty=9.0
    )
    return model


def _t5(seed: int) -> T5ForConditionalGeneration:
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=400,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        initializer_factor=2.0,  # wide, so that what is written depends on what is read
        eos_token_id=0,
        pad_token_id=0,
        decoder_start_token_id=0,
    )
    return T5ForConditionalGeneration(config)


def _silenced(model: LlamaForCausalLM) -> LlamaForCausalLM:
    """All scores are 0: the likeliest token is the first, which is the end token."""
    model.lm_head.weight.data[:] = 0
    return model


def _save(
    model: PreTrainedModel, folder: Path, chat_template: str | None, *, ended: bool = False
) -> None:
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    model.save_pretrained(folder)
    special = {"eos_token": _END, "pad_token": _END}
    trained = _train_tokenizer()
    if ended:
        trained.post_processor = TemplateProcessing(f"$A {_END}", special_tokens=[(_END, 0)])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **special)
    tokenizer.chat_template = chat_template
    tokenizer.save_pretrained(folder)


def _train_tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=_SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_CORPUS, trainer)
    return tokenizer


def _save_adapter(base: Path, folder: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(4)
    config = LoraConfig(
        r=4,
        lora_alpha=64,
        target_modules=["q_proj", "v_proj", "up_proj"],
        init_lora_weights=False,  # random, not the zeros of an untrained adapter
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # peft still uses a property that transformers has renamed.
        warnings.simplefilter("ignore", FutureWarning)
        adapted = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
        adapted.save_pretrained(folder)
