"""The steps that have to see all examples, in order: they leave out what came before."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from engine.data.cleaning.exact import DIGEST_BYTES
from engine.data.cleaning.index import NearIndex
from engine.data.cleaning.postings import Postings
from engine.data.cleaning.recipe import Recipe

_NUMBER_BYTES = 5
_BUCKETS = 2**14


class Keys(NamedTuple):
    """What is left of an example for finding duplicates; None for steps not in the recipe.

    Attributes:
        example: 16 bytes that stand for the whole example.
        prompt: 16 bytes that stand for what it asks; None too if it asks nothing.
        near: the key of `engine.data.cleaning.near`.
    """

    example: bytes | None
    prompt: bytes | None
    near: bytes | None


class Duplicate(NamedTuple):
    """Why an example is left out.

    Attributes:
        step: the step that leaves it out.
        of: the number of the earlier example that it repeats.
    """

    step: str
    of: int


class Duplicates:
    """Goes through the examples' keys in order and names those that repeat an earlier example.

    It runs in one process, whatever number of processes makes the keys. An exact duplicate costs
    about 23 bytes an example kept, near duplicates about 200.

    Args:
        recipe: which kinds of duplicates are looked for.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._examples = _table(recipe, "dedupe")
        self._prompts = _table(recipe, "dedupe-prompts")
        near = recipe.parameters_of("near-dedupe")
        self._near = None if near is None else NearIndex(near["threshold"])
        self._near_numbers = array("Q")

    def check(self, keys: Keys, number: int) -> Duplicate | None:
        """Tell whether an example repeats an earlier one; if it does not, remember it.

        Args:
            keys: the example's keys, by `Cleaner.keys`.
            number: by which later ones shall name it: its line or place, below 2^40.
        """
        found = self._earlier(keys)
        if found is None:
            self._remember(keys, number)
        return found

    def _earlier(self, keys: Keys) -> Duplicate | None:
        if self._examples is not None and keys.example is not None:
            for of in self._examples.numbers(keys.example, 1):
                return Duplicate("dedupe", of)
        if self._prompts is not None and keys.prompt is not None:
            for of in self._prompts.numbers(keys.prompt, 1):
                return Duplicate("dedupe-prompts", of)
        if self._near is not None and keys.near is not None:
            place = self._near.first(keys.near)
            if place is not None:
                return Duplicate("near-dedupe", self._near_numbers[place])
        return None

    def _remember(self, keys: Keys, number: int) -> None:
        if self._examples is not None and keys.example is not None:
            self._examples.add(keys.example, number, 1)
        if self._prompts is not None and keys.prompt is not None:
            self._prompts.add(keys.prompt, number, 1)
        if self._near is not None and keys.near is not None:
            self._near.add(keys.near)
            self._near_numbers.append(number)


def _table(recipe: Recipe, step: str) -> Postings | None:
    if recipe.parameters_of(step) is None:
        return None
    return Postings(DIGEST_BYTES, _NUMBER_BYTES, _BUCKETS)
