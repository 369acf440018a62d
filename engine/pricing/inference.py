"""What a hosted model's answers cost."""

from __future__ import annotations

from dataclasses import dataclass

from engine.pricing.figures import Catalogue, Figure, ModelFigures

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Rates:
    """The prices of a model's answers, in US dollars for a million tokens.

    Attributes:
        input: of tokens that it is asked.
        output: of tokens that it answers.
        cached_input: of those that it was asked a moment before, where they have a price of their
            own.
    """

    input: Figure[float]
    output: Figure[float]
    cached_input: Figure[float] | None = None

    def cost(
        self, prompt_tokens: int, completion_tokens: int, cached_tokens: int | None = None
    ) -> float:
        """Return what one answer costs in US dollars.

        Args:
            prompt_tokens: all that was asked, the cached tokens among it.
            completion_tokens: all that was answered, hidden reasoning included.
            cached_tokens: how many of the prompt's tokens were cached, if the service told.
        """
        cached = cached_tokens or 0
        again = (self.cached_input or self.input).value
        asked = (prompt_tokens - cached) * self.input.value + cached * again
        return (asked + completion_tokens * self.output.value) / _MILLION


def rates_of(figures: Catalogue, model: str, base: str | None = None) -> Rates | None:
    """Return the prices of a model's answers; None if they are not known.

    Args:
        figures: what is known of models.
        model: its name at the service.
        base: the model that it was made of by fine-tuning; None if it is none of these. Of an
            `ft:…` its name tells that.
    """
    own = None if model.startswith("ft:") else figures.get(model)
    if own is not None:
        return _own(own)
    made_of = figures.get(base or model)
    return None if made_of is None else _tuned(made_of)


def _own(known: ModelFigures) -> Rates | None:
    return _rates(known.input_price, known.output_price, known.cached_input_price)


def _tuned(known: ModelFigures) -> Rates | None:
    return _rates(known.tuned_input_price, known.tuned_output_price, known.tuned_cached_input_price)


def _rates(
    asked: Figure[float] | None, answered: Figure[float] | None, again: Figure[float] | None
) -> Rates | None:
    return None if asked is None or answered is None else Rates(asked, answered, again)
