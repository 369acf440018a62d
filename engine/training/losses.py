"""The loss of a step where the model's own would be wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.training.examples import IGNORED

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Loss = Callable[..., "torch.Tensor"]


def loss_for(model: PreTrainedModel) -> Loss | None:
    """Return what computes the loss of a batch instead of the model, None if the model may.

    Encoder-decoder models take the number of tokens in a whole step and pay no heed to it, each
    batch giving its own mean: Trainer, which believes them, would add these up.
    """
    return loss_of_targets if model.config.is_encoder_decoder else None


def loss_of_targets(
    outputs: Any,  # noqa: ANN401 (a model's output, in transformers' own type)
    labels: torch.Tensor,
    num_items_in_batch: torch.Tensor | int | None = None,
) -> torch.Tensor:
    """Return a batch's part of the mean loss of a token over a whole step.

    Args:
        outputs: what the model computed, with the logits of every target's tokens.
        labels: the targets.
        num_items_in_batch: how many tokens are learned in the step; None takes the batch's own.
    """
    from torch.nn.functional import cross_entropy

    logits = outputs["logits"].float()
    total = cross_entropy(
        logits.view(-1, logits.shape[-1]),
        labels.view(-1),
        ignore_index=IGNORED,
        reduction="sum",
    )
    return total / ((labels != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch)
