"""How surprised a model is by held-out answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.training.examples import IGNORED

if TYPE_CHECKING:
    import torch


def evaluate(
    model: torch.nn.Module,
    examples: Sequence[Any],
    collate: Callable[[list[Any]], dict[str, Any]],
    batch_size: int,
    stopped: Callable[[], bool],
) -> dict[str, float] | None:
    """Measure the mean negative log-likelihood of the learned tokens, and its exponential.

    The mean is over all tokens of all examples, not over batches, so it does not depend on the
    batch size. perplexity = exp(loss).

    Args:
        model: a causal language model.
        examples: rows of input ids, attention mask and labels.
        collate: pads rows into a batch.
        batch_size: rows in a forward pass.
        stopped: asked between batches whether to give up.

    Returns:
        loss (nats a token), perplexity, and the number of examples; None if given up.
    """
    import torch

    training = model.training
    model.eval()
    total, tokens = 0.0, 0
    try:
        with torch.inference_mode():
            for start in range(0, len(examples), batch_size):
                if stopped():
                    return None
                rows = [
                    examples[place]
                    for place in range(start, min(start + batch_size, len(examples)))
                ]
                loss, count = _batch_loss(model, collate(rows))
                total += loss
                tokens += count
    finally:
        model.train(training)
    loss = total / max(1, tokens)
    perplexity = math.exp(loss) if loss < 700 else math.inf
    return {"loss": loss, "perplexity": perplexity, "examples": len(examples)}


def _batch_loss(model: torch.nn.Module, batch: dict[str, Any]) -> tuple[float, int]:
    """Return the summed negative log-likelihood of a batch's learned tokens, and their number."""
    import torch

    device = next(model.parameters()).device
    labels = batch.pop("labels")[:, 1:].to(device)
    inputs = {
        name: value.to(device) if torch.is_tensor(value) else value for name, value in batch.items()
    }
    logits = model(**inputs).logits
    loss = torch.nn.functional.cross_entropy(
        logits[:, :-1].flatten(0, 1).float(),
        labels.flatten(),
        ignore_index=IGNORED,
        reduction="sum",
    )
    return float(loss), int((labels != IGNORED).sum())
