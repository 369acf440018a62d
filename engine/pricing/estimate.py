"""What a training would cost, with all that goes into the figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.data.tokens.distribution import Distribution
from engine.pricing.epochs import default_epochs
from engine.pricing.figures import Figure, ModelFigures
from store.errors import NotFoundError

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cost of one training: price x tokens x epochs.

    Attributes:
        model: the hosted base model's full name.
        examples: how many there are.
        tokens: what all of them come to.
        billed_tokens: the same with every example cut at the model's limit: what an epoch is
            billed for.
        truncated: how many examples are longer than the limit.
        epochs: how often all of them are gone through.
        default_epochs: whether that is the provider's rule, not the user's choice.
        price: US dollars for a million tokens.
        limit: the most tokens of an example, if one is known.
        retires: the day on which the model shuts down, if one is known.
    """

    model: str
    examples: int
    tokens: int
    billed_tokens: int
    truncated: int
    epochs: int
    default_epochs: bool
    price: Figure[float]
    limit: Figure[int] | None
    retires: Figure[date] | None

    @property
    def usd(self) -> float:
        """The cost in US dollars."""
        return cost(self.price.value, self.billed_tokens, self.epochs)

    def to_json(self) -> dict[str, Any]:
        """Return the estimate and all that went into it as plain JSON."""
        return {
            "model": self.model,
            "usd": round(self.usd, 6),
            "examples": self.examples,
            "tokens": self.tokens,
            "billed_tokens": self.billed_tokens,
            "truncated": self.truncated,
            "epochs": self.epochs,
            "default_epochs": self.default_epochs,
            "price": self.price.to_json(),
            "limit": self.limit.to_json() if self.limit else None,
            "retires": self.retires.to_json() if self.retires else None,
        }


def estimate(tokens: Distribution, model: ModelFigures, epochs: int | None = None) -> Estimate:
    """Estimate what training a model costs.

    Args:
        tokens: of each example, counted with the model's encoding.
        model: what is known of it.
        epochs: as the user wants them; by the provider's rule if left out.

    Raises:
        NotFoundError: if no training price is known.
    """
    if model.training_price is None:
        raise NotFoundError(
            f"No training price is known for {model.name}. Write it into pricing.toml in the data "
            f'directory:\n[models."{model.name}"]\ntraining_price = 0.00'
        )
    limit = model.example_limit
    return Estimate(
        model=model.name,
        examples=tokens.examples,
        tokens=tokens.total,
        billed_tokens=tokens.truncated_total(limit.value) if limit else tokens.total,
        truncated=tokens.over(limit.value) if limit else 0,
        epochs=default_epochs(tokens.examples) if epochs is None else epochs,
        default_epochs=epochs is None,
        price=model.training_price,
        limit=limit,
        retires=model.retires,
    )


def cost(price: float, tokens: int, epochs: int) -> float:
    """Return price x tokens x epochs in US dollars, the price being for a million tokens."""
    return price * tokens * epochs / _MILLION
