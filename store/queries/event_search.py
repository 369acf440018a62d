"""Searching the log, in the language of `store.queries.searching`."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Sequence

from store.queries.searching import Condition, Language
from store.recorded import COLUMNS, Recorded

EVENTS = Language(
    thing="an event",
    texts={
        "type": "type",
        "stream": "stream",
        "actor": "actor",
        "key": "key",
        "data": "data",
    },
    numbers={"seq": "seq", "cause": "cause", "version": "version"},
    times={"at": "at", "occurred": "occurred", "age": "at"},
    anywhere=("type", "stream", "data"),
)
"""Over `event`."""


def event_seqs(connection: sqlite3.Connection, wanted: Condition) -> Sequence[int]:
    """Return the seqs of the events that fit, the newest first: eight bytes each."""
    rows = connection.execute(
        f"SELECT seq FROM event WHERE {wanted.sql} ORDER BY seq DESC", wanted.values
    )
    return array("q", (row[0] for row in rows))


def events_by_seq(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[Recorded]:
    """Return the named events, the newest first; those that do not exist are left out."""
    import json

    rows = connection.execute(
        f"SELECT {COLUMNS} FROM event WHERE seq IN (SELECT value FROM json_each(?)) "
        "ORDER BY seq DESC",
        (json.dumps(list(seqs)),),
    )
    return [Recorded(*row) for row in rows]


def effects(connection: sqlite3.Connection, seq: int, limit: int = 50) -> list[Recorded]:
    """Return the events that name this one as their cause, the oldest first."""
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM event WHERE cause = ? ORDER BY seq LIMIT ?", (seq, limit)
    )
    return [Recorded(*row) for row in rows]
