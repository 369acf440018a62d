"""What the answers of a recording will cost, before a single one is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from engine.data.errors import DataError
from engine.data.tokens.counting import Uncounted
from engine.errors import LabError
from engine.suites.prompts import Prompt, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from engine.data.tokens.counting import TokenCounter
    from engine.pricing.inference import Rates
    from engine.recording.settings import Question

PromptCounter = Callable[[Iterable[Prompt]], list[int]]
"""Returns the tokens of each prompt."""

_CHARACTERS_A_TOKEN = 3
"""Fewer than there are in most texts, so that nothing comes out too cheap."""

_USUAL_SHARE = 0.25
"""Of the longest answer that is allowed, where no answer is known to go by."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars.

    Attributes:
        about: if answers are as long as those that were hoped for.
        at_most: if every answer is as long as it may be.
    """

    about: float
    at_most: float

    def __add__(self, other: Price) -> Price:
        return Price(self.about + other.about, self.at_most + other.at_most)


class Prices:
    """The prices of questions to one model.

    Args:
        rates: what its answers cost.
        count: counts the tokens of prompts.
        prompts: all that will be asked.
    """

    def __init__(self, rates: Rates, count: PromptCounter, prompts: Sequence[Prompt]) -> None:
        self._rates = rates
        self._count = count
        self._asked = dict(zip((prompt.digest for prompt in prompts), count(prompts), strict=True))
        hoped = [prompt for prompt in prompts if prompt.reference is not None]
        self._hoped = dict(
            zip((prompt.digest for prompt in hoped), count(map(_answer, hoped)), strict=True)
        )
        self._usual = fmean(self._hoped.values()) if hoped else None

    def price(self, question: Question) -> Price:
        """Return what a question costs."""
        digest = question.prompt.digest
        asked, most = self._asked[digest], question.sampling.max_tokens or 0
        usual = self._hoped.get(digest, self._usual)
        answered = most * _USUAL_SHARE if usual is None else min(usual, most)
        return Price(self._rates.cost(asked, round(answered)), self._rates.cost(asked, most))

    def reading(self, prompt: Prompt) -> Price:
        """Return what it costs to have a model read a prompt's reference.

        It is sent the prompt with it and without it, and writes a token to each.
        """
        [hoped] = self._count([_answer(prompt)])
        cost = self._rates.cost(2 * self._asked[prompt.digest] + hoped, 2)
        return Price(cost, cost)

    def readings(self, prompts: Iterable[Prompt]) -> Price:
        """Return what it costs to have the references of several prompts read."""
        return sum(map(self.reading, prompts), Price(0.0, 0.0))

    def total(self, questions: Iterable[Question]) -> Price:
        """Return what questions cost together."""
        return sum(map(self.price, questions), Price(0.0, 0.0))


def counter_of(model: str, home: Path) -> PromptCounter:
    """Return what counts the tokens of prompts to a hosted model.

    Where its tokenizer is not known, or not installed, characters are counted instead, a few too
    many rather than too few.
    """
    from engine.data.tokens.tokenizer import hosted_tokenizer

    try:
        tokens = hosted_tokenizer(model, home).load()
    except (DataError, LabError, OSError):
        return _by_characters

    def count(prompts: Iterable[Prompt]) -> list[int]:
        return [_counted(prompt, tokens) for prompt in prompts]

    return count


def _counted(prompt: Prompt, tokens: TokenCounter) -> int:
    [found] = tokens.counts([prompt.to_json()])
    return _by_characters([prompt])[0] if isinstance(found, Uncounted) else found.total


def _by_characters(prompts: Iterable[Prompt]) -> list[int]:
    return [
        len(json.dumps([prompt.messages, prompt.tools], ensure_ascii=False)) // _CHARACTERS_A_TOKEN
        for prompt in prompts
    ]


def _answer(prompt: Prompt) -> Prompt:
    return Prompt(({"role": "assistant", "content": text_of(prompt.reference)},))
