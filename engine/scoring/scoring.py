"""Scoring answers without being stopped by one that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from threading import current_thread, main_thread

from engine.errors import LabError
from engine.scoring.answer import Answer
from engine.scoring.errors import UnscorableError
from engine.scoring.scorer import Pooled, Score, Scorer

_LONGEST = 300
"""Characters of what is told of a fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer could not be scored, in words to show beside it."""

    words: str


def scored(scorer: Scorer, answer: Answer) -> Score | Fault | None:
    """Return an answer's score, why there is none, or None where the scorer does not apply.

    Raises:
        LabError: if no answer can be scored: a package that the scorer needs is not installed.
    """
    try:
        found = scorer.score(answer)
        return None if found is None else _checked(scorer, found)
    except LabError:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's scorer may raise anything
        return _raised(scorer, error)


def parts_of(scorer: Pooled, answer: Answer) -> tuple[float, ...] | Fault | None:
    """Return what an answer adds to the figure of all, why that is not known, or None for nothing.

    Raises:
        LabError: as `scored` does.
    """
    try:
        parts = scorer.parts(answer)
        return parts if parts is not None and all(map(isfinite, parts)) else None
    except LabError:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's scorer may raise anything
        return _raised(scorer, error)


def figure_of(scorer: Pooled, parts: Sequence[Sequence[float]]) -> float | None:
    """Return the figure that belongs to what all answers add; None if there is none."""
    if not parts:
        return None
    try:
        return scorer.figure([sum(column) for column in zip(*parts, strict=True)])
    except Exception:  # noqa: BLE001 - a user's scorer may raise anything
        return None


def _raised(scorer: Scorer, error: BaseException) -> Fault:
    """Return a fault in place of what was raised.

    In the main thread what is no `Exception` may be a person's Ctrl-C or a signal to end, which is
    raised again; signals come up in no other thread.
    """
    if not isinstance(error, Exception) and current_thread() is main_thread():
        raise error
    if isinstance(error, UnscorableError):
        return _fault(str(error))
    try:
        said = f"{scorer.about.id} raised {type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - so may what it raised
        said = f"{scorer.about.id} raised {type(error).__name__}"
    return _fault(said.removesuffix(": "))


def _checked(scorer: Scorer, found: object) -> Score | Fault:
    """Return a score if it is one."""
    if not isinstance(found, Score):
        return _fault(f"{scorer.about.id} returned no Score, but {found!r}")
    value: object = found.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _fault(f"{scorer.about.id} returned no number, but {value!r}")
    if not isfinite(value):
        return _fault(f"{scorer.about.id} returned {value}, which is no finite number")
    detail: object = found.detail
    if detail is None:
        return found
    if not isinstance(detail, str):
        return _fault(f"{scorer.about.id} returned a detail that is no text: {detail!r}")
    return Score(value, _recordable(detail))


def _fault(words: str) -> Fault:
    said = _recordable(words)
    return Fault(said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…")


def _recordable(text: str) -> str:
    """Return a text without halves of surrogate pairs, which are no characters."""
    return text.encode("utf-8", "backslashreplace").decode()
