"""How likely a model held a text: its loss, its perplexity, and where it was right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.scoring.answer import Answer, Tokens
from engine.scoring.scorer import About, Pooled, Score

Of = Literal["reference", "answer"]
"""Whose tokens: those of the answer that was hoped for, or those that the model said itself.

The first tell how well a model fits data, as the loss of an evaluation does; the second only how
sure it is of itself.
"""


def perplexity(loss: float) -> float:
    """Return the perplexity that belongs to a loss, exp(loss); infinite if no float can hold it.

    Args:
        loss: the mean over tokens of the negative log-likelihood, in nats.
    """
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf


@dataclass(frozen=True, slots=True)
class TokenLoss(Pooled):
    """The mean negative log-likelihood of the tokens; of all answers, over all their tokens.

    Attributes:
        of: whose tokens.
    """

    about: ClassVar[About] = About(
        "token_loss",
        "the mean negative log-likelihood of the reference's tokens, or the answer's",
        ("log probabilities",),
        higher_is_better=False,
        unit="nats a token",
        high=None,
        main="of",
    )
    of: Of = "reference"

    def score(self, answer: Answer) -> Score | None:
        """Return the answer's loss; None without log probabilities."""
        return _of_one(self, answer)

    def parts(self, answer: Answer) -> tuple[float, ...] | None:
        """Return the loss of all tokens together, and their number."""
        return _losses(answer, self.of)

    def figure(self, totals: Sequence[float]) -> float:
        """Return the mean loss of a token."""
        return totals[0] / totals[1]


@dataclass(frozen=True, slots=True)
class Perplexity(Pooled):
    """Exp of the loss: among how many tokens the model is undecided, as it were.

    The figure of all answers is exp of the loss over all their tokens; a mean of perplexities would
    be ruled by the least likely answer.

    Attributes:
        of: whose tokens.
    """

    about: ClassVar[About] = About(
        "perplexity",
        "exp of the mean negative log-likelihood of the reference's tokens, or the answer's",
        ("log probabilities",),
        higher_is_better=False,
        unit="",
        low=1.0,
        high=None,
        main="of",
    )
    of: Of = "reference"

    def score(self, answer: Answer) -> Score | None:
        """Return the answer's perplexity; None without log probabilities, or beyond all floats."""
        return _of_one(self, answer)

    def parts(self, answer: Answer) -> tuple[float, ...] | None:
        """Return the loss of all tokens together, and their number."""
        return _losses(answer, self.of)

    def figure(self, totals: Sequence[float]) -> float:
        """Return exp of the mean loss of a token."""
        return perplexity(totals[0] / totals[1])


@dataclass(frozen=True, slots=True)
class TokenAccuracy(Pooled):
    """How many of the tokens were the likeliest at their places; of all answers, of all tokens.

    Attributes:
        of: whose tokens.
    """

    about: ClassVar[About] = About(
        "token_accuracy",
        "the share of the reference's tokens, or the answer's, that the model held likeliest",
        ("log probabilities",),
        main="of",
    )
    of: Of = "reference"

    def score(self, answer: Answer) -> Score | None:
        """Return the share; None where it is not known which tokens were the likeliest."""
        return _of_one(self, answer)

    def parts(self, answer: Answer) -> tuple[float, ...] | None:
        """Return how many tokens were the likeliest, and how many there are."""
        tokens = _tokens(answer, self.of)
        if tokens is None or not tokens.likeliest:
            return None
        return float(sum(tokens.likeliest)), float(len(tokens.likeliest))

    def figure(self, totals: Sequence[float]) -> float:
        """Return the share of the tokens."""
        return totals[0] / totals[1]


def _of_one(scorer: Pooled, answer: Answer) -> Score | None:
    parts = scorer.parts(answer)
    if parts is None:
        return None
    value, count = scorer.figure(parts), int(parts[1])
    return Score(value, f"{count:,} tokens") if math.isfinite(value) else None


def _losses(answer: Answer, of: Of) -> tuple[float, float] | None:
    tokens = _tokens(answer, of)
    if tokens is None or not tokens.logprobs:
        return None
    total = -math.fsum(tokens.logprobs)
    # A probability of 1 has the logarithm 0, whose negative would be shown as -0.
    return (total or 0.0, float(len(tokens.logprobs))) if math.isfinite(total) else None


def _tokens(answer: Answer, of: Of) -> Tokens | None:
    return answer.reference_tokens if of == "reference" else answer.tokens
