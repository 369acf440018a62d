"""What a recipe would do to examples, shown before it does it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.data.cleaning.cleaner import Cleaned, Cleaner
from engine.data.cleaning.duplicates import Duplicate, Duplicates
from engine.data.cleaning.places import placed_others, placed_texts
from engine.data.cleaning.recipe import Recipe
from engine.data.shapes.example import Record, columns_of


class TextChange(NamedTuple):
    """A text before and after.

    Attributes:
        place: where in the example it stands ("messages[1].content").
        before: the text as it is.
        after: the text as it would be.
    """

    place: str
    before: str
    after: str


class Change(NamedTuple):
    """What would become of an example; nothing in it has been made safe to print.

    Attributes:
        line: the line of the file on which the example starts.
        record: the example as it is.
        steps: the steps that would change it, in the recipe's order.
        texts: the texts that would be changed, of an example that would be kept.
        dropped_by: the step that would leave it out.
        repeats: the line of the earlier example that it repeats, if that is why.
    """

    line: int
    record: Record
    steps: tuple[str, ...]
    texts: list[TextChange]
    dropped_by: str | None
    repeats: int | None


def preview(records: Iterable[tuple[int, Record]], recipe: Recipe, limit: int) -> list[Change]:
    """Return what a recipe would change or leave out first; nothing is changed.

    Args:
        records: examples with their lines; read only as far as the limit asks for.
        recipe: the steps.
        limit: how many changes to return at most.

    Raises:
        DataError: if a package that a step needs is not installed.
    """
    if limit < 1:
        return []
    cleaner, duplicates = Cleaner(recipe), Duplicates(recipe)
    changes: list[Change] = []
    for line, record in records:
        cleaned = cleaner.clean(record)
        repeated = None
        if cleaned.record is not None:
            repeated = duplicates.check(cleaner.keys(cleaned.record), line)
        if cleaned.record is not record or repeated is not None:
            changes.append(_change(line, record, cleaned, repeated, recipe))
            if len(changes) >= limit:
                break
    return changes


def _change(
    line: int, record: Record, cleaned: Cleaned, repeated: Duplicate | None, recipe: Recipe
) -> Change:
    steps = tuple(step.name for step in recipe.steps if step.name in cleaned.changes)
    if cleaned.record is None:
        return Change(line, record, steps, [], cleaned.dropped_by, None)
    if repeated is not None:
        return Change(line, record, steps, [], repeated.step, repeated.of)
    return Change(line, record, steps, _text_changes(record, cleaned.record), None, None)


def _text_changes(before: Record, after: Record) -> list[TextChange]:
    old = (*placed_texts(before), *placed_others(before, columns_of(before)))
    new = (*placed_texts(after), *placed_others(after, columns_of(after)))
    return [
        TextChange(place, one, other)
        for (place, one), (_, other) in zip(old, new, strict=True)
        if one != other
    ]
