"""The rows that a batch of events changes: each is read once and written once.

The tables are declared as SQLModel classes, but folding goes without its sessions, whose
bookkeeping takes far longer than the statements that come of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import SQLModel

from store.errors import StoreError
from store.projections.shapes import (
    Row,
    Shape,
    Values,
    matching,
    plain,
    quoted,
    shape_of,
    table_of,
)


@dataclass(slots=True)
class _Known:
    """A row, and the values that are stored of it; None if it is not stored yet."""

    row: SQLModel
    stored: Values | None


class Rows:
    """Looks rows up, keeps them while events are folded into them, and writes what has changed.

    A row is an object with the table's columns as attributes: a `plain` one, or one of the table's
    own class.

    Args:
        connection: where the tables are, in a transaction that somebody else commits.

    Attributes:
        info: what a fold keeps until the end of the batch.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.info: dict[str, Any] = {}
        self._connection = connection
        self._known: dict[type[SQLModel], dict[Values, _Known]] = {}
        self._once: dict[type[SQLModel], list[Values]] = {}

    def get(self, table: type[Row], key: object) -> Row | None:
        """Return the row with a key, or None; whatever becomes of it is written.

        Args:
            table: its table.
            key: its key; a tuple if it has several columns.
        """
        parts = key if isinstance(key, tuple) else (key,)
        known = self._rows(table).get(parts)
        if known is not None:
            return cast("Row", known.row)
        shape = shape_of(table)
        values = self._connection.execute(shape.question + shape.has_key, parts).fetchone()
        return None if values is None else self._keep(table, parts, values)

    def get_one(self, table: type[Row], key: object) -> Row:
        """Return the row with a key.

        Raises:
            StoreError: if there is none.
        """
        row = self.get(table, key)
        if row is None:
            name = shape_of(table).name
            raise StoreError(f"a row of {name} is missing ({key}): run `ftlab rebuild`")
        return row

    def where(self, table: type[Row], **equal: object) -> list[Row]:
        """Return the rows with these values, in the order of their keys."""
        self._write(table)
        shape = shape_of(table)
        question = shape.question + matching(equal) + shape.by_key
        found = self._connection.execute(question, tuple(equal.values())).fetchall()
        return [self._keep(table, shape.key_of(values), values) for values in found]

    def add(self, row: SQLModel) -> None:
        """Add a new row.

        Raises:
            sqlite3.IntegrityError: if its key is taken; it may come as late as with `write`.
        """
        table = table_of(row)
        shape = shape_of(table)
        values = shape.values_of(row)
        key = shape.key_of(values)
        if key in self._rows(table):
            # Refused by SQLite, and so in its words.
            self._write(table)
            self._connection.execute(shape.insert, values)
        self._rows(table)[key] = _Known(row, None)

    def merge(self, row: SQLModel) -> None:
        """Add a row, or put its values into the one with the same key."""
        table = table_of(row)
        shape = shape_of(table)
        values = shape.values_of(row)
        standing = self.get(table, shape.key_of(values))
        if standing is None:
            self.add(row)
            return
        for column, value in zip(shape.columns, values, strict=True):
            setattr(standing, column, value)

    def add_once(self, table: type[SQLModel], rows: Iterable[Values]) -> None:
        """Add rows, given as their values, except where a key is taken."""
        self._once.setdefault(table, []).extend(rows)

    def delete(self, row: SQLModel) -> None:
        """Remove a row."""
        table = table_of(row)
        shape = shape_of(table)
        key = shape.key_of(shape.values_of(row))
        self._rows(table).pop(key, None)
        self._connection.execute(f"DELETE FROM {shape.name} WHERE {shape.has_key}", key)

    def write(self) -> None:
        """Write what is new and what has changed."""
        for table in self._known:
            self._write(table)
        for table, rows in self._once.items():
            self._connection.executemany(shape_of(table).insert_once, rows)
        self._once.clear()

    def _write(self, table: type[SQLModel]) -> None:
        shape = shape_of(table)
        new = []
        for key, known in self._rows(table).items():
            values = shape.values_of(known.row)
            if known.stored is None:
                new.append(values)
            elif values != known.stored:
                self._update(shape, key, known.stored, values)
            known.stored = values
        if new:
            self._connection.executemany(shape.insert, new)

    def _update(self, shape: Shape, key: Values, stored: Values, values: Values) -> None:
        pairs = zip(shape.columns, stored, values, strict=True)
        changed = {column: value for column, before, value in pairs if before != value}
        assigned = ", ".join(f"{quoted(column)} = ?" for column in changed)
        self._connection.execute(
            f"UPDATE {shape.name} SET {assigned} WHERE {shape.has_key}", (*changed.values(), *key)
        )

    def _rows(self, table: type[SQLModel]) -> dict[Values, _Known]:
        return self._known.setdefault(table, {})

    def _keep(self, table: type[Row], key: Values, values: Values) -> Row:
        """Return the one object of a stored row."""
        rows = self._rows(table)
        known = rows.get(key)
        if known is None:
            row = object.__new__(plain(table))
            row.__dict__.update(zip(shape_of(table).columns, values, strict=True))
            known = rows[key] = _Known(row, values)
        return cast("Row", known.row)
