"""The columns of a row that stand beside an example, so that nothing of the row is lost."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine.data.reading.rows import excerpt
from engine.data.shapes.canonical import PLAIN_VALUES, ordered_example, require_json
from engine.data.shapes.example import CHAT_KEYS, PREFERENCE_KEYS, Record

_TAKEN_CHAT = frozenset(CHAT_KEYS)
# A preference example is told from a chat example by its having no messages of its own.
_TAKEN_PREFERENCE = frozenset({*PREFERENCE_KEYS, "messages"})


def with_columns(example: Record, row: dict[str, Any], shown: Collection[str]) -> Record:
    """Return the example with what else its row holds, in canonical order.

    Which columns those are depends on their names alone, never on what a row happens to hold in
    them: a column that says the same as the answer in most rows differs in the others. One that is
    called as a key of the example's own gets an underscore at its end.

    Args:
        example: the example's own keys.
        row: what it was made of.
        shown: the columns that the example shows as they are.

    Raises:
        RowError: if a column holds what JSON has not.
    """
    beside = _unshown(row, shown)
    if not beside:
        return example if len(example) == 1 else ordered_example(example)
    taken = set(_TAKEN_CHAT if "messages" in example else _TAKEN_PREFERENCE)
    if taken.isdisjoint(beside):
        return ordered_example(example | {name: row[name] for name in beside})
    columns: dict[str, Any] = {}
    for name in sorted(beside):
        columns[free_name(name, taken | (row.keys() - {name}) | columns.keys())] = row[name]
    return ordered_example(example | columns)


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name with as many underscores at its end as it needs to be like no other."""
    while name in taken:
        name += "_"
    return name


def _unshown(row: dict[str, Any], shown: Collection[str]) -> list[str]:
    unshown = [name for name in row if name not in shown]
    for name in unshown:
        if type(row[name]) not in PLAIN_VALUES:
            require_json(row[name], f"'{excerpt(name, 40)}'")
    return unshown
