"""A recipe at work on one example, in any process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from engine.data.cleaning.answers import is_empty, is_truncated
from engine.data.cleaning.beside import with_others
from engine.data.cleaning.characters import without_control, without_invisible
from engine.data.cleaning.duplicates import Keys
from engine.data.cleaning.encoding import fixed_encoding
from engine.data.cleaning.exact import example_digest, prompt_digest
from engine.data.cleaning.near import NearKeys, require_rensa
from engine.data.cleaning.phones import require_phonenumbers
from engine.data.cleaning.places import placed_others
from engine.data.cleaning.recipe import Recipe
from engine.data.cleaning.secrets import masked
from engine.data.cleaning.whitespace import collapsed_blank_lines, normalized_newlines, stripped
from engine.data.shapes.example import Record, columns_of, with_texts

Edit = Callable[[str], str]
"""What makes a new text of a text."""

_MASK = "mask-secrets"
_MOST_ROUNDS = 20
"""Two rounds are usual, three are rare; the bound is for texts made to fool this."""

_CHANGES: dict[str, Edit] = {
    "fix-encoding": fixed_encoding,
    "normalize-newlines": normalized_newlines,
    "drop-control": without_control,
    "drop-invisible": without_invisible,
    "strip": stripped,
    "collapse-blank-lines": collapsed_blank_lines,
    _MASK: masked,
}
_DROPS: dict[str, Callable[[Record], bool]] = {
    "drop-empty": is_empty,
    "drop-truncated": is_truncated,
}


class Cleaned(NamedTuple):
    """What became of an example.

    Attributes:
        record: the example as it is now, the very same object if nothing changed; None if a step
            leaves it out.
        changes: how many of its texts each step changed, less those that changed none.
        dropped_by: the step that leaves it out.
    """

    record: Record | None
    changes: dict[str, int]
    dropped_by: str | None


class Cleaner:
    """Cleans examples by a recipe, one at a time; it travels to other processes.

    What has to see all examples, the search for duplicates, is done with `keys` by
    `engine.data.cleaning.duplicates.Duplicates`.

    Args:
        recipe: the steps.

    Raises:
        DataError: if a package that a step needs is not installed.
    """

    def __init__(self, recipe: Recipe) -> None:
        _require_packages(recipe)
        self._changes = [
            (step.name, _change(step.name, step.parameters))
            for step in recipe.steps
            if step.name in _CHANGES
        ]
        self._drops = [
            (step.name, _DROPS[step.name]) for step in recipe.steps if step.name in _DROPS
        ]
        self._exact = recipe.parameters_of("dedupe") is not None
        self._prompts = recipe.parameters_of("dedupe-prompts") is not None
        near = recipe.parameters_of("near-dedupe")
        self._near = None if near is None else NearKeys(**near)
        self._mask = dict(self._changes).get(_MASK)

    def clean(self, record: Record) -> Cleaned:
        """Return the example cleaned, or who leaves it out; the example given is not changed."""
        changes: dict[str, int] = {}
        cleaned = record
        if self._changes:
            cleaned = with_texts(record, partial(self._changed, changes=changes))
        if self._mask is not None:
            cleaned = self._masked_beside(cleaned, self._mask, changes)
        for name, is_bad in self._drops:
            if is_bad(cleaned):
                return Cleaned(None, changes, name)
        return Cleaned(cleaned, changes, None)

    def keys(self, record: Record) -> Keys:
        """Return the keys of a cleaned example that the recipe's search for duplicates needs."""
        return Keys(
            example_digest(record) if self._exact else None,
            prompt_digest(record) if self._prompts else None,
            self._near.key(record) if self._near is not None else None,
        )

    def _changed(self, text: str, changes: dict[str, int]) -> str:
        """Return the text as all steps leave it, counting in `changes` those that changed it."""
        changed_by: set[str] = set()
        # A step may bring to light what an earlier one looks for: what stood between two characters
        # goes, and they turn out to be one read wrongly. So all go on until none finds anything.
        for _ in range(_MOST_ROUNDS):
            before = text
            for name, change in self._changes:
                changed = change(text)
                if changed != text:
                    changed_by.add(name)
                    text = changed
            if text == before:
                break
        for name, _ in self._changes:
            if name in changed_by:
                changes[name] = changes.get(name, 0) + 1
        return text

    def _masked_beside(self, record: Record, mask: Edit, changes: dict[str, int]) -> Record:
        """Return the example masked in all that no other step touches, its columns included."""
        hidden = with_others(record, mask)
        if hidden is not record:
            before, after = (placed_others(each, columns_of(each)) for each in (record, hidden))
            count = sum(one != other for one, other in zip(before, after, strict=True))
            changes[_MASK] = changes.get(_MASK, 0) + count
        return hidden


def _require_packages(recipe: Recipe) -> None:
    """Say what is missing now, not at the first example that needs it."""
    if recipe.parameters_of("near-dedupe") is not None:
        require_rensa()
    if "phone" in (recipe.parameters_of(_MASK) or {}).get("kinds", ()):
        require_phonenumbers()


def _change(name: str, parameters: dict[str, Any]) -> Edit:
    change = _CHANGES[name]
    return partial(change, **parameters) if parameters else change
