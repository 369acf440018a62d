"""Putting examples into batches."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from transformers import DataCollatorForSeq2Seq

from engine.training.examples import IGNORED

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_KEEP = "logits_to_keep"


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
            keep = batch["labels"].shape[1] - max(0, int(learned[0]) - 1)
            batch["labels"] = batch["labels"][:, -keep:]
            batch[_KEEP] = keep
        return batch
