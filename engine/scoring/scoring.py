"""Scoring answers without being stopped by one that cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from engine.errors import LabError
from engine.scoring.answer import Answer
from engine.scoring.errors import UnscorableError
from engine.scoring.scorer import Score, Scorer

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
    except UnscorableError as error:
        return _fault(str(error))
    except Exception as error:  # noqa: BLE001 - a user's scorer may raise anything
        return _fault(f"{scorer.about.id} raised {type(error).__name__}: {error}")


def _checked(scorer: Scorer, found: object) -> Score | Fault:
    """Return a score if it is one."""
    if not isinstance(found, Score):
        return _fault(f"{scorer.about.id} returned no Score, but {found!r}")
    value: object = found.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _fault(f"{scorer.about.id} returned no number, but {value!r}")
    if not isfinite(value):
        return _fault(f"{scorer.about.id} returned {value}, which is no finite number")
    return found


def _fault(words: str) -> Fault:
    return Fault(words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…")
