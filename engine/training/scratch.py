"""Small base models that are made from nothing, with random weights, to learn from tables.

`tiny-t5` and `tiny-gpt2` have a vocabulary learned from the examples themselves, byte by byte, so
that no text is unknown to them. They are made once for a job, in its run folder; the same examples
and the same seed make the same model.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.training import layout
from engine.training.durable import sync_folder, sync_tree

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

TINY_T5 = "tiny-t5"
TINY_GPT2 = "tiny-gpt2"
NAMES = (TINY_T5, TINY_GPT2)

NOTE = "made.json"
"""What the model was made of."""

_VOCABULARY = 4096
_EXAMPLES_READ = 50_000
_PAD, _END = "<pad>", "</s>"
_WIDTH, _LAYERS, _HEADS = 128, 2, 4
_POSITIONS = 1024


class Made(NamedTuple):
    """A base model made from nothing.

    Attributes:
        folder: where it is.
        remark: in words, what it is; None if an earlier attempt made it.
    """

    folder: Path
    remark: str | None


def make(name: str, train: Path, seed: int, run_dir: Path) -> Made:
    """Make a base model in the run folder, unless an earlier attempt did.

    Args:
        name: one of `NAMES`.
        train: the file of examples that its vocabulary is learned from.
        seed: of its weights.
        run_dir: the run folder.
    """
    folder = run_dir / layout.BASE
    if folder.is_dir():
        return Made(folder, None)
    for left_behind in run_dir.glob(f".{layout.BASE}.*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    partial = run_dir / f".{layout.BASE}.{os.getpid()}"
    tokenizer = _tokenizer(train, ended=name == TINY_T5)
    model = _network(name, tokenizer, seed)
    model.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    made = {
        "model": name,
        "seed": seed,
        "weights": model.num_parameters(),
        "tokens": len(tokenizer),
    }
    (partial / NOTE).write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    sync_tree(partial)
    partial.rename(folder)
    sync_folder(run_dir)
    remark = (
        f"made {name} from seed {seed}: {made['weights']:,} random weights, {made['tokens']:,} "
        "tokens learned from the examples"
    )
    return Made(folder, remark)


def _tokenizer(train: Path, *, ended: bool) -> PreTrainedTokenizerBase:
    """Learn a vocabulary of pieces of words (BPE over bytes).

    Args:
        train: the examples.
        ended: whether texts stand alone, as T5 has it: each is ended by a mark.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    pieces: Tokenizer = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    if ended:
        _let_texts_begin_with_a_space(pieces)
    trainer = trainers.BpeTrainer(
        vocab_size=_VOCABULARY,
        special_tokens=[_PAD, _END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    pieces.train_from_iterator(_texts(train), trainer)
    if ended:
        _end_texts(pieces)
    return PreTrainedTokenizerFast(tokenizer_object=pieces, pad_token=_PAD, eos_token=_END)


def _let_texts_begin_with_a_space(pieces: Tokenizer) -> None:
    """Make a word the same token at the beginning of a text as within one, as T5's own is.

    Else what was learned of a name that is a source of its own is not known of the name in a
    question.
    """
    from tokenizers import decoders, normalizers

    pieces.normalizer = normalizers.Prepend(" ")
    pieces.decoder = decoders.Sequence([decoders.ByteLevel(), decoders.Strip(" ", 1, 0)])


def _end_texts(pieces: Tokenizer) -> None:
    from tokenizers.processors import TemplateProcessing

    marks = [(_END, pieces.token_to_id(_END))]
    pieces.post_processor = TemplateProcessing(f"$A {_END}", special_tokens=marks)


def _texts(train: Path) -> Iterator[str]:
    """Give what is said in the first examples; whoever encodes them tells which are none."""
    from engine.training.examples import ExampleError, conversation, named

    with train.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(islice(lines, _EXAMPLES_READ), start=1):
            try:
                with named(number):
                    messages, _ = conversation(line)
                    yield from [message.get("content") or "" for message in messages]
            except ExampleError:
                continue


def _network(name: str, tokenizer: PreTrainedTokenizerBase, seed: int) -> PreTrainedModel:
    import torch

    torch.manual_seed(seed)
    return _t5(tokenizer) if name == TINY_T5 else _gpt2(tokenizer)


def _t5(tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=_WIDTH,
        d_kv=_WIDTH // _HEADS,
        d_ff=4 * _WIDTH,
        num_layers=_LAYERS,
        num_decoder_layers=_LAYERS,
        num_heads=_HEADS,
        dropout_rate=0.0,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    return T5ForConditionalGeneration(config)


def _gpt2(tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=_POSITIONS,
        n_embd=_WIDTH,
        n_layer=_LAYERS,
        n_head=_HEADS,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return GPT2LMHeadModel(config)
