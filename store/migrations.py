"""The numbered steps that bring a database file to the present schema.

Each step and its number (`PRAGMA user_version`) are committed together. A step that was released is
never changed. Read models are no part of this: they are dropped and rebuilt (`store.projections`).
"""

from __future__ import annotations

import sqlite3

from store.errors import StoreError

_EVENT_LOG = """
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    schema INTEGER NOT NULL,
    at TEXT NOT NULL,
    occurred TEXT NOT NULL,
    actor TEXT NOT NULL,
    cause INTEGER,
    key TEXT,
    data TEXT NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE (stream, version)
);
CREATE UNIQUE INDEX event_key ON event (stream, key) WHERE key IS NOT NULL;
CREATE INDEX event_type ON event (type);
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER event_has_no_gap BEFORE INSERT ON event
WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'seq must follow the last event'); END;
"""

_HEAD_OF_READ_MODELS = """
CREATE TABLE projection (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
);
"""

_LEASES = """
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    described TEXT NOT NULL,
    expires REAL NOT NULL
);
"""

READ_MODELS = 11
"""Raised with every change of a projection or of its tables: a database that was folded by another
number is folded anew when it is opened."""

_STEPS: tuple[str, ...] = (_EVENT_LOG + _HEAD_OF_READ_MODELS + _LEASES,)


def schema_number(connection: sqlite3.Connection) -> int:
    """Return which step the file is at; 0 for an empty file."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether nothing is left to do.

    Raises:
        StoreError: if a newer ftlab wrote the file, or another program did.
    """
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    if tables and ("event",) not in tables:
        raise StoreError("this is another program's database, not one of ftlab's")
    number = schema_number(connection)
    if number > len(_STEPS):
        raise StoreError(
            f"a newer ftlab wrote this database (schema {number}, this one knows {len(_STEPS)}): "
            "update ftlab"
        )
    return number == len(_STEPS)


def read_models_are_current(connection: sqlite3.Connection) -> bool:
    """Tell whether the read models were folded by this version's projections."""
    row = connection.execute("SELECT version FROM projection WHERE name = 'read models'").fetchone()
    return row is not None and row[0] == READ_MODELS


def migrate(connection: sqlite3.Connection) -> None:
    """Take every step that is left, inside the caller's transaction."""
    for number in range(schema_number(connection), len(_STEPS)):
        for statement in _statements(_STEPS[number]):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number + 1}")


def _statements(script: str) -> list[str]:
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
