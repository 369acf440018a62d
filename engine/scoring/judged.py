"""What another model says of an answer: a judge, asked twice, so that the order decides nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from engine.scoring.answer import Answer
from engine.scoring.errors import UnscorableError
from engine.scoring.scorer import About, Score, Scorer

RUBRIC = (
    "Judge which answer helps the person more: is it correct, does it do what was asked for, and "
    "is it as short as it can be?"
)

_VERDICT = re.compile(r"\[\[\s*(A|B|C)\s*\]\]")
"""The judge's last word, as in MT-Bench (Zheng et al. 2023, arxiv.org/abs/2306.05685)."""


@dataclass(frozen=True, slots=True)
class Judge(Scorer):
    """Which of two answers a model prefers: this one, or that of another model or the reference.

    It is asked twice, with the answers in either order. A preference counts if it is the same both
    times; otherwise the order decided, and the answers are as good as each other.

    Attributes:
        model: who judges, as it is called where it is asked.
        provider: the profile that is asked; None for a model of this lab or of this machine.
        rubric: what it is to look at.
    """

    about: ClassVar[About] = About(
        "judge",
        "a model prefers the answer to another model's, or to the reference; asked in both orders",
        ("verdicts",),
        main="model",
    )
    model: str
    provider: str | None = None
    rubric: str = RUBRIC

    def score(self, answer: Answer) -> Score | None:
        """Return 1 if this answer is preferred, 0 if the other is, and 0.5 if neither is.

        Raises:
            UnscorableError: if the judge gave no verdict.
        """
        if answer.verdicts is None:
            return None
        first, second = map(_verdict, answer.verdicts)
        if first == second == "C":
            return Score(0.5, "as good as each other")
        if (first, second) == ("A", "B"):
            return Score(1.0, "better, in both orders")
        if (first, second) == ("B", "A"):
            return Score(0.0, "worse, in both orders")
        return Score(0.5, f"undecided: {_said(first, 'AB')} first, then {_said(second, 'BA')}")


def _verdict(said: str) -> str:
    found = _VERDICT.findall(said)
    if not found:
        raise UnscorableError("the judge gave no verdict: [[A]], [[B]] or [[C]]")
    return str(found[-1])


def _said(verdict: str, order: str) -> str:
    if verdict == "C":
        return "a tie"
    return "better" if verdict == order[0] else "worse"
