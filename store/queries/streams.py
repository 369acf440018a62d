"""Questions about whole streams, and about the log that they are in."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterator

from store.recorded import COLUMNS, Recorded

_LAB_DIGITS = 16
_PAGE = 200


def lab_id(connection: sqlite3.Connection) -> str:
    """Return what names this log among all others: the first digits of its first event's hash.

    It is empty as long as nothing is recorded. A copy of a database keeps the name.
    """
    row = connection.execute("SELECT hash FROM event WHERE seq = 1").fetchone()
    return row[0].hex()[:_LAB_DIGITS] if row else ""


def newest_event(connection: sqlite3.Connection) -> Recorded | None:
    """Return the last event of the log."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM event ORDER BY seq DESC LIMIT 1")
    return next((Recorded(*row) for row in rows), None)


def stream_names(
    connection: sqlite3.Connection, *, beginning: str = "", since: str | None = None
) -> list[str]:
    """Return the names of streams, sorted.

    Args:
        connection: where to read.
        beginning: only those that begin with this.
        since: only those of which something was recorded at or after this UTC text.
    """
    rows = connection.execute(
        "SELECT DISTINCT stream FROM event WHERE stream >= ?1 AND stream < ?1 || char(1114111) "
        "AND (?2 IS NULL OR at >= ?2) ORDER BY stream",
        (beginning, since),
    )
    return [row[0] for row in rows]


def stream_version(connection: sqlite3.Connection, stream: str) -> int:
    """Return the version of a stream: 0 if it does not exist."""
    query = "SELECT COALESCE(MAX(version), 0) FROM event WHERE stream = ?"
    version: int = connection.execute(query, (stream,)).fetchone()[0]
    return version


def event_of(connection: sqlite3.Connection, stream: str, version: int) -> Recorded | None:
    """Return the event at a place of a stream."""
    query = f"SELECT {COLUMNS} FROM event WHERE stream = ? AND version = ?"
    row = connection.execute(query, (stream, version)).fetchone()
    return Recorded(*row) if row else None


def events_of(
    connection: sqlite3.Connection, streams: Collection[str] | None = None
) -> Iterator[Recorded]:
    """Yield the events of some streams, or of all, in the order of the log.

    They are fetched by pages; of the rest only the places are kept in memory.
    """
    if streams is None:
        yield from _all_events(connection)
        return
    places: array[int] = array("q")
    for stream in streams:
        found = connection.execute("SELECT seq FROM event WHERE stream = ?", (stream,))
        places.extend(row[0] for row in found)
    ordered = sorted(places)
    for start in range(0, len(ordered), _PAGE):
        page = ordered[start : start + _PAGE]
        marks = ", ".join("?" * len(page))
        rows = connection.execute(
            f"SELECT {COLUMNS} FROM event WHERE seq IN ({marks}) ORDER BY seq", page
        )
        yield from [Recorded(*row) for row in rows]


def _all_events(connection: sqlite3.Connection) -> Iterator[Recorded]:
    after = 0
    query = f"SELECT {COLUMNS} FROM event WHERE seq > ? ORDER BY seq LIMIT {_PAGE}"
    while page := [Recorded(*row) for row in connection.execute(query, (after,))]:
        yield from page
        after = page[-1].seq
