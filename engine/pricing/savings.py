"""Ways to make a training cheaper, with what each would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from engine.data.tokens.distribution import Distribution
from engine.pricing.epochs import default_epochs
from engine.pricing.estimate import Estimate, cost, estimate
from engine.pricing.figures import Catalogue

Way = Literal["fewer-epochs", "smaller-model", "deduplicated", "sampled", "shorter-system-prompt"]

MINIMUM = 10
"""The fewest examples that a hosted training takes."""


@dataclass(frozen=True, slots=True)
class Excess:
    """What of a dataset could be left out.

    Attributes:
        repeated: the tokens of each example that is there already.
        system_tokens: what the system prompts of all examples come to.
    """

    repeated: Distribution = field(default_factory=Distribution)
    system_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Saving:
    """One way to make a training cheaper.

    Attributes:
        way: which.
        description: the same for a person.
        usd: what the training would cost.
        saved: how much less that is.
    """

    way: Way
    description: str
    usd: float
    saved: float

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON."""
        return {
            "way": self.way,
            "description": self.description,
            "usd": round(self.usd, 6),
            "saved": round(self.saved, 6),
        }


def savings(
    now: Estimate, tokens: Distribution, catalogue: Catalogue, *, excess: Excess, day: date
) -> list[Saving]:
    """Return the ways that save anything, the most saving first.

    Where the provider chooses the epochs, it chooses anew for fewer examples: leaving out a third
    of a small dataset may save nothing.

    Args:
        now: what the training costs as it stands.
        tokens: of each example.
        catalogue: the models to choose from. Those of another encoding count other tokens, and
            their figures are marked as rough.
        excess: what could be left out.
        day: today; models that are shut down by then are no choice.
    """
    ways = [
        *_fewer_epochs(now),
        *_smaller_models(now, tokens, catalogue, day),
        *_deduplicated(now, excess),
        *_sampled(now),
        *_shorter_system_prompt(now, tokens, excess),
    ]
    return sorted((way for way in ways if way.saved > 0), key=lambda way: -way.saved)


def _saving(now: Estimate, way: Way, description: str, usd: float) -> Saving:
    return Saving(way, description, usd, now.usd - usd)


def _fewer_epochs(now: Estimate) -> Iterator[Saving]:
    for epochs in sorted({now.epochs - 1, 1}):
        if 1 <= epochs < now.epochs:
            named = "one epoch" if epochs == 1 else f"{epochs} epochs"
            usd = cost(now.price.value, now.billed_tokens, epochs)
            yield _saving(now, "fewer-epochs", f"{named} instead of {now.epochs}", usd)


def _smaller_models(
    now: Estimate, tokens: Distribution, catalogue: Catalogue, day: date
) -> Iterator[Saving]:
    own = catalogue.find(now.model)
    for model in catalogue.models.values():
        price = model.training_price
        if price is None or price.value >= now.price.value or model.retired(day):
            continue
        if model.trains_on != own.trains_on:
            continue
        usd = estimate(tokens, model, now.epochs).usd
        rough = "" if own.encoding == model.encoding else " (roughly: another encoding)"
        yield _saving(now, "smaller-model", f"{model.name} as the base model{rough}", usd)


def _deduplicated(now: Estimate, excess: Excess) -> Iterator[Saving]:
    repeated = excess.repeated.examples
    if repeated:
        billed = now.billed_tokens - _billed(now, excess.repeated)
        usd = cost(now.price.value, billed, _epochs(now, now.examples - repeated))
        yield _saving(now, "deduplicated", f"without the {repeated:,} duplicate examples", usd)


def _sampled(now: Estimate) -> Iterator[Saving]:
    half = now.examples // 2
    if half >= MINIMUM:
        billed = round(now.billed_tokens * half / now.examples)
        usd = cost(now.price.value, billed, _epochs(now, half))
        yield _saving(now, "sampled", f"a sample of {half:,} examples", usd)


def _shorter_system_prompt(now: Estimate, tokens: Distribution, excess: Excess) -> Iterator[Saving]:
    """Tell what half a system prompt saves; where examples are cut it is taken to be the average.

    There it makes room for more of the end, and saves the less.
    """
    if excess.system_tokens:
        half = excess.system_tokens / 2
        room = half / now.examples
        billed = round(_billed(now, tokens, room) - half)
        usd = cost(now.price.value, billed, now.epochs)
        yield _saving(now, "shorter-system-prompt", "a system prompt half as long", usd)


def _billed(now: Estimate, tokens: Distribution, room: float = 0) -> int:
    """Return what examples come to, each cut where the model's limit and some more room end."""
    return tokens.total if now.limit is None else tokens.truncated_total(now.limit.value + room)


def _epochs(now: Estimate, examples: int) -> int:
    return default_epochs(examples) if now.default_epochs else now.epochs
