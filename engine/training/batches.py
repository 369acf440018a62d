"""Putting examples into batches."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from transformers import DataCollatorForSeq2Seq

from engine.training.examples import IGNORED

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_KEEP = "logits_to_keep"
_DECODED = "decoder_input_ids"
_POSITIONS = "position_ids"


Batch = dict[str, Any]
Collate = Callable[[list[dict[str, Any]]], Batch]


def collator(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> Collate:
    """Return what makes batches for a model: of conversations, or of sources and targets."""
    if model.config.is_encoder_decoder:
        return PairCollator(tokenizer, model)
    return Collator(tokenizer, model)


def tokens_in(batch: Batch) -> int:
    """Return how many tokens a model reads, and writes, in a batch."""
    if _POSITIONS in batch:
        # Padding stands at 0; an example has a second token, at 1, for each first one at 0.
        places = batch[_POSITIONS]
        return int((places > 0).sum() + (places == 1).sum())
    count = int(batch["attention_mask"].sum())
    # Where answers are texts of their own, the mask is that of the sources alone.
    return count + int((batch["labels"] != IGNORED).sum()) if _DECODED in batch else count


class PairCollator:
    """Pads sources and targets, each to the longest of a batch.

    Args:
        tokenizer: knows the padding.
        model: the encoder-decoder model, which knows how its decoder begins.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> None:
        self._pad = DataCollatorForSeq2Seq(tokenizer, model=model, label_pad_token_id=IGNORED)

    def __call__(self, rows: list[dict[str, Any]]) -> Batch:
        """Return a batch of what the encoder reads, `decoder_input_ids` and `labels`."""
        return dict(self._pad(rows))


class Collator:
    """Pads examples to the longest of a batch, and spares the model logits nobody learns from.

    The words of the prompt come first and are not learned, yet their logits over the vocabulary are
    a good part of a small model's work. Where the model takes `logits_to_keep`, only those from
    just before the batch's first learned token are computed; the loss is the same.

    Args:
        tokenizer: knows the padding.
        model: the causal model that will be given the batches.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, model: torch.nn.Module) -> None:
        self._pad = DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=IGNORED)
        self._trims = _KEEP in inspect.signature(model.forward).parameters

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Return a batch of `input_ids`, `attention_mask` and `labels`."""
        batch = dict(self._pad(rows))
        if self._trims:
            learned = (batch["labels"] != IGNORED).any(dim=0).nonzero()
            length = batch["labels"].shape[1]
            # There may be none: see `shares.Filled`.
            first = int(learned[0]) if len(learned) else length
            keep = length - max(0, first - 1)
            batch["labels"] = batch["labels"][:, -keep:]
            batch[_KEEP] = keep
        return batch


class PackedCollator:
    """Makes batches of rows that several examples share; see `packing`.

    There is no `attention_mask`: with one, transformers' models would not look for examples in the
    positions. A token of padding is like an example of its own, which comes after all others and is
    not learned. Logits are spared here, too, wherever they are.

    Args:
        tokenizer: knows the padding.
        model: the causal model that will be given the batches.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, model: torch.nn.Module) -> None:
        self._fill = {"input_ids": tokenizer.pad_token_id, "labels": IGNORED, _POSITIONS: 0}
        self._trims = _KEEP in inspect.signature(model.forward).parameters

    def __call__(self, rows: list[dict[str, Any]]) -> Batch:
        """Return a batch of `input_ids`, `labels` and `position_ids`."""
        import torch
        from torch.nn.utils.rnn import pad_sequence

        batch: Batch = {
            name: pad_sequence(
                [torch.tensor(row[name]) for row in rows], batch_first=True, padding_value=filler
            )
            for name, filler in self._fill.items()
        }
        if self._trims:
            batch |= _without_unlearned(batch["labels"])
        # A cache of keys and values, too, would keep them from looking.
        return batch | {"use_cache": False}


def _without_unlearned(labels: torch.Tensor) -> Batch:
    """Return labels of learned tokens alone, and the places of the tokens that foretell them.

    A model holds each label against the logits one place before it. So the first label has no use,
    and neither have the last logits.
    """
    import torch

    learned = (labels != IGNORED).any(dim=0).nonzero().flatten()
    learned = learned[learned > 0]
    first, last = torch.tensor([0]), torch.tensor([labels.shape[1] - 1])
    kept = labels[:, torch.cat([first, learned])]
    kept[:, 0] = IGNORED
    return {"labels": kept, _KEEP: torch.cat([learned - 1, last])}
