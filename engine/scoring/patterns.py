"""Regular expressions from outside: bounded, so that none of them holds up the program.

The standard library's cannot be stopped once they search. Those of the package `regex`, of the same
syntax and more, can, and they let other threads run meanwhile.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, ClassVar

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.extras import needed_for
from engine.scoring.matching import verdict
from engine.scoring.scorer import About, Score, Scorer

if TYPE_CHECKING:
    from regex import Pattern

SECONDS = 1.0
"""For all searches in one answer."""

_LONGEST = 1000
"""Characters of a pattern."""

_MOST_REPEATS = 1_000_000
"""Counted repeats, multiplied: the compiler writes nested ones out, and cannot be stopped at it."""

_COUNTED = re.compile(r"\{\s*(\d*)\s*,?\s*(\d*)\s*\}")

_deadline: ContextVar[float | None] = ContextVar("_deadline", default=None)


@dataclass(frozen=True, slots=True)
class Regex(Scorer):
    """Whether a regular expression is found in an answer.

    Attributes:
        pattern: the expression, in the syntax of Python's `re` and the package `regex`.
        ignore_case: whether capital and small letters are the same.
        whole: whether it must match the whole answer, but for the space around it.
    """

    about: ClassVar[About] = About(
        "regex", "a regular expression is found in the answer", main="pattern"
    )
    pattern: str
    ignore_case: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        """Read the pattern.

        Raises:
            ScorerError: if it cannot be read, or is too large.
        """
        compiled(self.pattern, ignore_case=self.ignore_case)

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0.

        Raises:
            UnscorableError: if the search takes too long.
        """
        text = answer.text.strip() if self.whole else answer.text
        with within(SECONDS):
            found = search(self.pattern, text, ignore_case=self.ignore_case, whole=self.whole)
        return verdict(found)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give all searches and checks in this block so many seconds together."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def is_late() -> bool:
    """Tell whether the time of the block around it is up."""
    deadline = _deadline.get()
    return deadline is not None and time.monotonic() > deadline


def search(pattern: str, text: str, *, ignore_case: bool = False, whole: bool = False) -> bool:
    """Tell whether a regular expression is found in a text.

    Raises:
        ScorerError: if it cannot be read, or is too large.
        UnscorableError: if the search takes longer than the block around it may.
    """
    expression = compiled(pattern, ignore_case=ignore_case)
    deadline = _deadline.get()
    seconds = SECONDS if deadline is None else deadline - time.monotonic()
    look = expression.fullmatch if whole else expression.search
    try:
        # A timeout of 0 or less would be none at all.
        return look(text, timeout=max(seconds, 0.001)) is not None
    except TimeoutError:
        raise UnscorableError(
            f"the regular expression {pattern!r} took too long: it tries very many ways to match; "
            "write it without repeats inside of repeats"
        ) from None
    except (MemoryError, RecursionError):
        raise UnscorableError(f"the regular expression {pattern!r} ran out of memory") from None


@lru_cache(maxsize=256)
def compiled(pattern: str, *, ignore_case: bool = False) -> Pattern[str]:
    """Return a regular expression ready to be searched for.

    Raises:
        ScorerError: if it cannot be read, or is too large.
        MissingPackageError: if the package that searches is not installed.
    """
    if len(pattern) > _LONGEST:
        raise ScorerError(
            f"a regular expression has {_LONGEST:,} characters at most, this one {len(pattern):,}"
        )
    if _repeats(pattern) > _MOST_REPEATS:
        raise ScorerError(
            f"the regular expression {pattern!r} repeats too much: the counts in its braces "
            f"come to more than {_MOST_REPEATS:,} when multiplied"
        )
    with needed_for("regex"):
        import regex
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise ScorerError(f"the regular expression {pattern!r} cannot be read: {error}") from error
    except (RecursionError, MemoryError, OverflowError):
        raise ScorerError(f"the regular expression {pattern!r} is nested too deeply") from None


def _repeats(pattern: str) -> int:
    """Return the counts in a pattern's braces, multiplied."""
    counts = (max(int(count or 0) for count in found) for found in _COUNTED.findall(pattern))
    return prod(max(count, 1) for count in counts)
