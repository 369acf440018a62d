"""Whether a candidate is as good as is required, as `ftlab compare --require` prints it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.compare_figures import p_words
from tui.formats import number
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.requirements import Verdict
    from engine.comparing.subjects import Subject

_HOLDS, _FAILS = "✓", "✗"


def print_verdicts(subjects: Sequence[Subject], verdicts: Sequence[Verdict]) -> None:
    """Print each requirement with its figures, then whether all hold."""
    from tui.cli.output import say, say_heading, say_wrapped

    reference, candidate = (each.name for each in subjects)
    say_heading(f"REQUIREMENTS of {candidate}, beside {reference}")
    for verdict in verdicts:
        mark = _HOLDS if verdict.holds else _FAILS
        say_wrapped(f"{mark} {verdict.requirement.text}: {_in_words(verdict)}")
    failed = sum(not verdict.holds for verdict in verdicts)
    if failed:
        say(f"{_FAILS} {failed} of {number_of(len(verdicts), 'requirement')} not met")
    else:
        say(f"{_HOLDS} all met")


def _in_words(verdict: Verdict) -> str:
    found = verdict.found
    value = _signed(found.value, is_ratio=verdict.requirement.is_ratio)
    told = [f"{number(found.reference)} -> {number(found.candidate)}, {value}"]
    if found.low is not None and found.high is not None:
        ends = (
            _signed(end, is_ratio=verdict.requirement.is_ratio) for end in (found.low, found.high)
        )
        told[0] += f" [{' to '.join(ends)}]"
    if found.p is not None:
        told.append(f"p {p_words(found.p)}")
    if found.suite is not None and found.rows is not None:
        told.append(f"{number_of(found.rows, 'prompt')} of {found.suite}")
    else:
        told.append("on held-out examples, of which no interval is known")
    if found.left_out:
        told.append(f"{found.left_out} that only one has a score for left out")
    words = ", ".join(told)
    return words if verdict.why_not is None else f"{words}: {verdict.why_not}"


def _signed(value: float, *, is_ratio: bool) -> str:
    if not math.isfinite(value):
        from engine.comparing.requirements_found import NO_MULTIPLE

        return NO_MULTIPLE
    if is_ratio:
        return f"{value:.4g}x"
    return number(value) if value <= 0 else f"+{number(value)}"
