"""Whether a model keeps examples apart that share a row of tokens.

transformers' newer models build the mask of attention from positions that begin again within a row
(`masking_utils.find_packed_sequence_indices`); others pay no heed to them, or carry a state along
the row. No list of architectures would stay true, so the model at hand is asked.
"""

from __future__ import annotations

import inspect
import math
from typing import TYPE_CHECKING

from engine.training.models import ModelError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_EARLIER, _LATER = 9, 7
"""Tokens of the two made-up examples that share a row."""


def check(model: PreTrainedModel) -> None:
    """See that what a causal model says of an example does not hang on its row.

    The second example of a row has to get the logits that it gets alone, and the very same ones
    after another first example. Differences are measured against how far logits lie apart (their
    standard deviation), and may come to the square root of the weights' precision.

    Raises:
        ModelError: if it does.
    """
    if not _separates(model):
        raise ModelError(
            f"a model of the kind {model.config.model_type} would let packed examples see each "
            "other: train without packing, with group_by_length (--group-by-length) instead"
        )


def _separates(model: PreTrainedModel) -> bool:
    import torch

    if "position_ids" not in inspect.signature(model.forward).parameters:
        return False
    was_training = model.training
    model.eval()
    tokens = torch.arange(2 * _EARLIER + _LATER) % model.config.vocab_size
    one, other, later = tokens.split([_EARLIER, _EARLIER, _LATER])
    with torch.no_grad():
        alone = _logits(model, later)
        after_one, after_other = (
            _logits(model, earlier, later)[-_LATER:] for earlier in (one, other)
        )
    model.train(was_training)
    scale = float(alone.std())
    # The two rows are computed alike to the last bit, also in numbers of half precision.
    exact, rounded = (
        scale * math.sqrt(torch.finfo(kind).eps) for kind in (torch.float32, model.dtype)
    )
    return _furthest(after_one, after_other) <= exact and _furthest(after_one, alone) <= rounded


def _furthest(some: torch.Tensor, others: torch.Tensor) -> float:
    return float((some - others).abs().max())


def _logits(model: PreTrainedModel, *examples: torch.Tensor) -> torch.Tensor:
    """Return the logits of a row of examples, as numbers of full precision."""
    import torch

    positions = torch.cat([torch.arange(len(example)) for example in examples])
    found = model(
        input_ids=torch.cat(examples)[None].to(model.device),
        position_ids=positions[None].to(model.device),
        use_cache=False,
    )
    logits: torch.Tensor = found.logits[0].float()
    return logits
