"""Requirements of a candidate: how far it may be from the model that it is to take the place of.

exact_match>=-0.01      at most a hundredth worse than the first
cost<=1.2x              at most 1.2 times as much as the first
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Final

from engine.comparing.requirements_found import Found, found
from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.comparing.scores import ScoreTable
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import SuiteComparison

OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
}

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_FORM = re.compile(
    r"\s*(?P<metric>\S.*?)(?<![=<>!~≥≤])\s*(?P<operator>>=|<=|>|<|≥|≤)\s*"
    rf"(?P<bound>{_NUMBER})\s*(?P<times>[xX\u00d7]?)\s*"
)
_IN_WRITING: Final[Mapping[str, str]] = {"≥": ">=", "≤": "<="}

_WRONG_OPERATOR = re.compile(rf".*?(?P<operator>[=<>!~]+)\s*{_NUMBER}\s*[xX\u00d7%]?\s*")
_PERCENT = re.compile(rf".*?(?P<operator>>=|<=|>|<|≥|≤)\s*(?P<percent>{_NUMBER})\s*%\s*")
_MEANT: Final[Mapping[str, str]] = {"=>": ">=", "=<": "<=", "=": ">=", "==": ">=", ">==": ">="}
_ROUNDING = 1e-9
"""0.83 - 0.84 is no further from 0 than 0.01, whatever the last bits say."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is required of a candidate, beside the model that it is to take the place of.

    Attributes:
        text: as it was typed.
        metric: of what: the label of a scorer, cost, latency, loss, perplexity, accuracy.
        operator: one of `OPERATORS`.
        bound: of the difference (candidate minus reference), or of the ratio.
        is_ratio: whether it bounds how many times as large the candidate's figure is.
    """

    text: str
    metric: str
    operator: str
    bound: float
    is_ratio: bool

    def allows(self, value: float) -> bool:
        """Tell whether a difference, or a ratio, is within the bound."""
        slack = _ROUNDING * max(1.0, abs(self.bound))
        if self.operator in (">", "<="):
            # What is as large as the bound is not above it.
            return OPERATORS[self.operator](value, self.bound + slack)
        return OPERATORS[self.operator](value, self.bound - slack)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a requirement holds.

    Attributes:
        requirement: which.
        found: what it was held against.
        why_not: why it does not hold; None if it does.
    """

    requirement: Requirement
    found: Found
    why_not: str | None

    @property
    def holds(self) -> bool:
        """Whether the requirement is fulfilled."""
        return self.why_not is None


def parse(text: str) -> Requirement:
    """Read a requirement as it is typed.

    Raises:
        RequestError: if it is none.
    """
    read = _FORM.fullmatch(text)
    if read is None:
        raise RequestError(f"'{text}' is no requirement: {_how_to_write(text)}")
    bound, is_ratio = float(read["bound"]), bool(read["times"])
    if not math.isfinite(bound) or (is_ratio and bound < 0):
        raise RequestError(f"'{text}' cannot hold or fail: its bound is {read['bound']}")
    operator = _IN_WRITING.get(read["operator"], read["operator"])
    return Requirement(text, read["metric"], operator, bound, is_ratio)


def _how_to_write(text: str) -> str:
    """Say what keeps a text from being a requirement, as far as that can be seen."""
    if (read := _PERCENT.fullmatch(text)) is not None:
        part = float(read["percent"]) / 100
        # 120% is of the first's figure; -1% is as much less than it.
        times = 1 + part if read["percent"][0] in "+-" else part
        return (
            f"write a percentage of the first's figure as {times:g}x, and percentage points of a "
            f"share as {part:g}"
        )
    if (read := _WRONG_OPERATOR.fullmatch(text)) is not None and read["operator"] not in OPERATORS:
        return (
            f"'{read['operator']}' is none of {', '.join(OPERATORS)}"
            f"{_did_you_mean(_MEANT.get(read['operator']))}"
        )
    how = (
        "write one like exact_match>=-0.01 (at most a hundredth worse) or cost<=1.2x (at most 1.2 "
        "times as much)"
    )
    if not any(sign in text for sign in "<>≥≤"):
        # An unquoted > makes a shell write into a file, and the rest never comes here.
        how += ", in quotes, for a shell takes < and > for itself"
    return how


def _did_you_mean(word: str | None) -> str:
    return "" if word is None else f": did you mean {word}?"


def verdicts(
    requirements: Sequence[Requirement],
    subjects: Sequence[Subject],
    suites: Sequence[SuiteComparison],
    tables: Sequence[ScoreTable],
    *,
    confident: bool = False,
) -> list[Verdict]:
    """Tell which requirements the second of two models fulfils beside the first.

    Args:
        requirements: what is required.
        subjects: the model that stands, and the candidate.
        suites: how they did in suites.
        tables: how they did on held-out examples.
        confident: whether the whole 95% interval has to be within the bounds.

    Raises:
        RequestError: if these are not two models, or something is not known of them.
    """
    if len(subjects) != 2:
        raise RequestError(
            "a requirement is of two: the model that stands, then the candidate; "
            f"these are {len(subjects)}"
        )
    told = []
    for each in requirements:
        held = found(each, subjects, suites, tables)
        told.append(Verdict(each, held, _why_not(each, held, confident=confident)))
    return told


def _why_not(requirement: Requirement, held: Found, *, confident: bool) -> str | None:
    if not requirement.allows(held.value):
        return "it is beyond the bound"
    if not confident:
        return None
    worst = held.low if requirement.operator in (">", ">=") else held.high
    if worst is None:
        return "no interval is known of it, so nobody can be confident"
    return None if requirement.allows(worst) else "its interval reaches beyond the bound"
