"""What an answer is like, whatever it says: its length, its speed, its price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.scoring.answer import Answer
from engine.scoring.scorer import About, Need, Score, Scorer


@dataclass(frozen=True, slots=True)
class Length(Scorer):
    """How long an answer is.

    Attributes:
        counted: in what; tokens are known only where the service or the model told them.
    """

    about: ClassVar[About] = About(
        "length",
        "the answer's length in characters, words or tokens",
        higher_is_better=None,
        unit="characters",
        high=None,
        main="counted",
    )
    counted: Literal["characters", "words", "tokens"] = "characters"

    @property
    def needs(self) -> tuple[Need, ...]:
        """The number of tokens, if these are counted."""
        return ("completion tokens",) if self.counted == "tokens" else ()

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.counted

    def score(self, answer: Answer) -> Score | None:
        """Return the length; None where it is not known."""
        if self.counted == "characters":
            return Score(float(len(answer.text)))
        if self.counted == "words":
            return Score(float(len(answer.text.split())))
        return _known(answer.completion_tokens)


@dataclass(frozen=True, slots=True)
class Latency(Scorer):
    """How long an answer took."""

    about: ClassVar[About] = About(
        "latency",
        "the time from the question to the end of the answer",
        ("seconds",),
        higher_is_better=False,
        unit="seconds",
        high=None,
    )

    def score(self, answer: Answer) -> Score | None:
        """Return the seconds; None where they were not recorded."""
        return _known(answer.seconds)


@dataclass(frozen=True, slots=True)
class TokensPerSecond(Scorer):
    """How fast an answer came."""

    about: ClassVar[About] = About(
        "tokens_per_second",
        "the answer's tokens, divided by the time that it took",
        ("completion tokens", "seconds"),
        unit="tokens a second",
        high=None,
    )

    def score(self, answer: Answer) -> Score | None:
        """Return the speed; None where tokens or seconds were not recorded."""
        if answer.completion_tokens is None or not answer.seconds:
            return None
        return Score(answer.completion_tokens / answer.seconds)


@dataclass(frozen=True, slots=True)
class Cost(Scorer):
    """What an answer cost."""

    about: ClassVar[About] = About(
        "cost",
        "the answer's price",
        ("cost",),
        higher_is_better=False,
        unit="US dollars",
        high=None,
    )

    def score(self, answer: Answer) -> Score | None:
        """Return US dollars; None where the price is not known."""
        return _known(answer.cost)


def _known(value: float | None) -> Score | None:
    return None if value is None else Score(float(value))
