"""Whether an answer comes to the right number, as tasks in the style of GSM8K are scored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError
from engine.scoring.matching import verdict
from engine.scoring.scorer import About, Score, Scorer

Which = Literal["last", "first"]

_MARK = "####"
"""GSM8K writes the result behind it (Cobbe et al., 2021)."""

_SHOWN = 15
"""Digits of a number that is shown."""

_MINUS = "\N{MINUS SIGN}"

_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)\]])[-+{_MINUS}])?"
    r"(?P<currency>[$€£¥])?(?P<behind>(?<=[$€£¥])[-+])?"
    r"(?<![A-Za-z_\d])"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<!\.)\.\d+)"
    r"(?P<exponent>[eE][-+]?\d{1,3}(?!\w))?"
)


@dataclass(frozen=True, slots=True)
class NumberMatch(Scorer):
    """Whether an answer's last number is that of the reference.

    A number behind `####` goes before all others, in the answer and in the reference. Commas
    between thousands, currencies and `%` are passed over: 1,200 is $1200.00, and 5% is 5.

    Attributes:
        which: whether the last number of a text counts, or the first.
        tolerance: by how much the numbers may differ.
    """

    about: ClassVar[About] = About(
        "number_match",
        "the last number of the answer is that of the reference (GSM8K)",
        ("reference",),
        main="which",
    )
    which: Which = "last"
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        """Look at the tolerance.

        Raises:
            ScorerError: if it is less than nothing.
        """
        if not 0 <= self.tolerance < float("inf"):
            raise ScorerError(f"a tolerance is 0 or more, not {self.tolerance}")

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0; None without a number that was hoped for."""
        hoped_for = number_in(answer.reference or "", self.which)
        if hoped_for is None:
            return None
        said = number_in(answer.text, self.which)
        if said is None:
            return verdict(False, f"no number; hoped for {_written(hoped_for)}")
        apart = said - hoped_for
        right = said == hoped_for or abs(apart) <= Decimal(repr(self.tolerance))
        return verdict(right, _written(said) if right else _instead(said, hoped_for))


def number_in(text: str, which: Which = "last") -> Decimal | None:
    """Return the last number of a text, or its first; the one behind `####` if there is a mark."""
    _, mark, behind = text.rpartition(_MARK)
    found = _NUMBER.finditer(behind)
    if mark or which == "first":
        match = next(found, None)
    else:
        match = None
        for match in found:  # noqa: B007 - the last one is wanted
            pass
    return None if match is None else _value(match)


def _value(match: re.Match[str]) -> Decimal:
    sign = match["sign"] or match["behind"] or ""
    digits = match["digits"].replace(",", "")
    return Decimal(sign.replace(_MINUS, "-") + digits + (match["exponent"] or ""))


def _instead(said: Decimal, hoped_for: Decimal) -> str:
    return f"{_written(said)}; hoped for {_written(hoped_for)}"


def _written(number: Decimal) -> str:
    return f"{number:.{_SHOWN}g}" if len(number.as_tuple().digits) > _SHOWN else str(number)
