"""Scorers that users write: entry points of the group `ftlab.scorers` in their packages.

    [project.entry-points."ftlab.scorers"]
    politeness = "our_package.scoring:politeness"

An entry point names a function that takes an `Answer` and returns a number, a `Score`, True or
False, or None where it does not apply; or a class derived from `Scorer`, whose id is the name of
the entry point. None is imported before somebody asks for it by its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import ClassVar

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.scorer import About, Score, Scorer

GROUP = "ftlab.scorers"

Judgement = Score | float | bool | None
"""What a user's function may say of an answer."""


def written_ids() -> list[str]:
    """Return the names of all entry points there are."""
    return sorted(entry_points(group=GROUP).names)


def written(scorer_id: str) -> type[Scorer] | None:
    """Load a user's scorer; None if there is none of this name.

    Raises:
        ScorerError: if several packages have one, or it cannot be loaded, or is none.
    """
    found = list(entry_points(group=GROUP, name=scorer_id))
    if not found:
        return None
    if len({each.value for each in found}) > 1:
        places = " and ".join(each.value for each in found)
        raise ScorerError(f"there are several scorers {scorer_id!r}: {places}; remove one of them")
    return _kind(found[0], _loaded(found[0]))


def package_of(scorer_id: str) -> str | None:
    """Return which package, of which version, a user's scorer is from, if that is known."""
    for entry in entry_points(group=GROUP, name=scorer_id):
        if entry.dist is not None:
            return f"{entry.dist.name} {entry.dist.version}"
    return None


def _loaded(entry: EntryPoint) -> object:
    try:
        return entry.load()
    except (Exception, SystemExit) as error:  # importing runs code that may raise anything
        raise ScorerError(
            f"the scorer {entry.name!r} ({entry.value}) cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error


def _kind(entry: EntryPoint, found: object) -> type[Scorer]:
    if isinstance(found, type):
        return _own_class(entry, found)
    if callable(found):
        return _of_function(entry.name, found)
    raise ScorerError(
        f"the scorer {entry.name!r} ({entry.value}) is neither a function nor a Scorer"
    )


def _own_class(entry: EntryPoint, found: type) -> type[Scorer]:
    complete = is_dataclass(found) and not inspect.isabstract(found)
    if not issubclass(found, Scorer) or not complete:
        raise ScorerError(
            f"the scorer {entry.name!r} ({entry.value}) is no dataclass derived from Scorer "
            "with a method score"
        )
    if getattr(getattr(found, "about", None), "id", None) != entry.name:
        raise ScorerError(
            f"the scorer {entry.name!r} ({entry.value}) has no about with the id {entry.name!r}"
        )
    return found


def _of_function(name: str, judge: Callable[[Answer], Judgement]) -> type[Scorer]:
    """Return a scorer that asks a function; of its values nothing is known."""
    says = (inspect.getdoc(judge) or f"what {name} says").partition("\n")[0]

    @dataclass(frozen=True, slots=True)
    class Written(Scorer):
        """Scores answers with a user's function."""

        about: ClassVar[About] = About(name, says, unit="", low=None, high=None)

        def score(self, answer: Answer) -> Score | None:
            """Return what the function says."""
            said: object = judge(answer)
            if said is None or isinstance(said, Score):
                return said
            if isinstance(said, str | bytes):
                # Of what looks like a number it cannot be told whether it is meant as one.
                raise UnscorableError(f"{name} returned no number, but {said!r}")
            return Score(float(said))  # type: ignore[arg-type]  # what is no number raises

    return Written
