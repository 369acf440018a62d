"""JSON inside the cells of a table: recognized column by column, and unpacked.

A cell that cannot be unpacked without doubt stays the text that it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from engine.data.reading.cellvalues import BEGINS_LIKE_JSON, is_chat, unpacked
from engine.data.reading.options import ReadingOptions
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import Row, excerpt

TEXT_COLUMNS = frozenset(
    {
        *("prompt", "completion", "instruction", "input", "output", "response"),
        *("question", "answer", "text", "content", "system", "chosen", "rejected"),
    }
)
"""Columns that mean a text: JSON in them is what a model is to read or write, unless it is chat."""

_FIRST_ROWS = 100
_FIRST_CHARACTERS = 4 * 1024 * 1024
_MOST_FIT = 0.5


class JsonColumns:
    """Rows with the cells of their JSON columns unpacked.

    A column is one if all its cells in the first rows begin like a JSON array or object, and most
    of them are one. A cell in it that is none stays a text.

    Args:
        rows: the rows, texts in their cells.
        options: which columns are left alone, and whether damaged JSON is mended.
        repairs: notes what had to be mended.

    Attributes:
        names: the columns that are unpacked.
    """

    def __init__(self, rows: Iterator[Row], options: ReadingOptions, repairs: Repairs) -> None:
        self._first = _first(rows)
        self._rest = rows
        self._repairs = repairs
        self._mends = options.repair != "none"
        values = [row.value for row in self._first if isinstance(row.value, dict)]
        names = values[0] if values else ()
        self.names = tuple(
            name
            for name in names
            if name not in options.texts and _is_json(name, [value[name] for value in values])
        )

    def rows(self) -> Iterator[Row]:
        """Give the rows."""
        rows = chain(self._first, self._rest)
        return map(self._unpacked, rows) if self.names else rows

    def _unpacked(self, row: Row) -> Row:
        if not isinstance(row.value, dict):
            return row
        for name in self.names:
            cell = row.value[name]
            found = unpacked(cell) if isinstance(cell, str) else None
            if found is None or (found.damaged and not self._mends):
                continue
            row.value[name] = found.value
            if found.damaged:
                self._repairs.note(row.line, [f"damaged JSON in '{excerpt(name, 40)}'"])
        return row


def _first(rows: Iterator[Row]) -> list[Row]:
    """Take the first rows, fewer if they are long."""
    first: list[Row] = []
    room = _FIRST_CHARACTERS
    for row in islice(rows, _FIRST_ROWS):
        first.append(row)
        if isinstance(row.value, dict):
            room -= sum(len(cell) for cell in row.value.values() if isinstance(cell, str))
        if room < 0:
            break
    return first


def _is_json(name: str, cells: list[Any]) -> bool:
    cells = [cell for cell in cells if cell != ""]
    if not cells or not all(
        isinstance(cell, str) and BEGINS_LIKE_JSON.match(cell) for cell in cells
    ):
        return False
    only_chat = name.strip().lower() in TEXT_COLUMNS
    found = [
        value is not None and (is_chat(value.value) or not only_chat)
        for value in map(unpacked, cells)
    ]
    return sum(found) > _MOST_FIT * len(found)
