"""What cleaning did to the examples of a version, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.data.cleaning.recipe import Recipe

_PLACES_NAMED = 100


@dataclass(slots=True)
class StepTally:
    """What one step did.

    Attributes:
        changed: examples with a text that it changed.
        texts: texts that it changed.
        dropped: examples that it left out.
        places: where the first of those stood, by their number in the file.
    """

    changed: int = 0
    texts: int = 0
    dropped: int = 0
    places: list[int] = field(default_factory=list)

    def add(self, other: StepTally) -> None:
        """Count what was counted for later examples."""
        self.changed += other.changed
        self.texts += other.texts
        self.dropped += other.dropped
        self.places.extend(other.places[: _PLACES_NAMED - len(self.places)])


@dataclass(slots=True)
class Tally:
    """What all steps did.

    Attributes:
        before: examples that came in.
        steps: what each step did; a step that did nothing is not in it.
    """

    before: int = 0
    steps: dict[str, StepTally] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """How many examples were left out."""
        return sum(step.dropped for step in self.steps.values())

    def count(self, changes: Mapping[str, int]) -> None:
        """Count an example and the texts that each step changed in it."""
        self.before += 1
        for name, texts in changes.items():
            step = self._step(name)
            step.changed += 1
            step.texts += texts

    def drop(self, name: str, place: int) -> None:
        """Count an example that a step left out."""
        step = self._step(name)
        step.dropped += 1
        if len(step.places) < _PLACES_NAMED:
            step.places.append(place)

    def add(self, later: Tally) -> None:
        """Count what was counted for later examples."""
        self.before += later.before
        for name, step in later.steps.items():
            self._step(name).add(step)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as plain JSON: before, after, and what each step did."""
        return {
            "before": self.before,
            "after": self.before - self.dropped,
            "did": {
                name: {
                    "changed": step.changed,
                    "texts": step.texts,
                    "dropped": step.dropped,
                    **({"dropped_rows": step.places} if step.places else {}),
                }
                for name, step in self.steps.items()
            },
        }

    def _step(self, name: str) -> StepTally:
        return self.steps.setdefault(name, StepTally())


def in_recipe_order(tally: Tally, recipe: Recipe) -> Tally:
    """Return the tally with its steps in the order in which they were done."""
    order = [step.name for step in recipe.steps]
    names = sorted(tally.steps, key=order.index)
    return Tally(tally.before, {name: tally.steps[name] for name in names})


def cleaned_as_json(recipe: Recipe | None, tally: Tally) -> dict[str, Any]:
    """Return what a version's recipe says of its cleaning: the steps, and what they did."""
    return {} if recipe is None else {"clean": {"steps": recipe.as_json(), **tally.to_json()}}
