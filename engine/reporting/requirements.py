"""Whether a candidate is as good as was required, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.comparing.requirements_found import NO_MULTIPLE
from engine.reporting.words import change, number, number_of, p_value, ratio

if TYPE_CHECKING:
    from engine.comparing.requirements import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A requirement and what came of it.

    Attributes:
        text: the requirement as it was typed.
        holds: whether it is fulfilled.
        figures: what it was held against.
        why_not: why it does not hold; empty if it does.
    """

    text: str
    holds: bool
    figures: str
    why_not: str


def judged(verdict: Verdict) -> Judged:
    """Return what is told of a requirement."""
    found, is_ratio = verdict.found, verdict.requirement.is_ratio
    told = [f"{number(found.reference)} → {number(found.candidate)}"]
    told.append(_value(found.value, is_ratio=is_ratio))
    if found.low is not None and found.high is not None:
        ends = (_value(end, is_ratio=is_ratio) for end in (found.low, found.high))
        told.append(f"95% interval {' to '.join(ends)}")
    if found.p is not None:
        told.append(f"p {p_value(found.p)}")
    if found.suite is not None and found.rows is not None:
        told.append(f"{number_of(found.rows, 'prompt')} of {found.suite}")
    if found.left_out:
        told.append(f"{found.left_out} that only one has a score for left out")
    return Judged(verdict.requirement.text, verdict.holds, ", ".join(told), verdict.why_not or "")


def _value(value: float, *, is_ratio: bool) -> str:
    if not math.isfinite(value):
        return NO_MULTIPLE
    return ratio(value) if is_ratio else change(value)
