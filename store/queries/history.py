"""Questions about the log itself: the audit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from store.database import Database
from store.errors import NotFoundError
from store.recorded import COLUMNS, Recorded


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events to show; None leaves a side open.

    Attributes:
        stream: a stream's name or its beginning (`job/` for all jobs).
        type: an event type's name.
        since: recorded at or after this UTC text.
        until: recorded before this UTC text.
        actor: a part of who recorded it.
    """

    stream: str | None = None
    type: str | None = None
    since: str | None = None
    until: str | None = None
    actor: str | None = None


_CONDITIONS = {
    "stream": "{stream} >= :stream AND {stream} < :stream || char(1114111)",
    "type": "type = :type",
    "since": "at >= :since",
    "until": "at < :until",
    "actor": "INSTR(actor, :actor) > 0",
    "after": "{seq} > :after",
    "before": "{seq} < :before",
}
_ALL = Filter()


def history(
    connection: sqlite3.Connection,
    wanted: Filter = _ALL,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = -1,
    newest: bool = False,
) -> list[Recorded]:
    """Return the events that fit, oldest first.

    Args:
        connection: where to read.
        wanted: which events.
        after: only events past this seq.
        before: only events under this seq.
        limit: at most this many; -1 for all.
        newest: take the newest that fit instead of the oldest; still oldest first.
    """
    values = {**asdict(wanted), "after": after, "before": before, "limit": limit}
    # Only what is asked for stands in the statement, so that SQLite can use an index for it.
    where = " AND ".join(text for name, text in _CONDITIONS.items() if values[name] is not None)
    # A plus hides a column's index: one stream is found in the index of streams and then sorted,
    # anything else is read in the order of seq.
    one = wanted.stream is not None and not wanted.stream.endswith("/")
    columns = {"seq": "+seq", "stream": "stream"} if one else {"seq": "seq", "stream": "+stream"}
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM event WHERE {where.format(**columns)} "
        f"ORDER BY {columns['seq']} {'DESC' if newest else 'ASC'} LIMIT :limit",
        values,
    )
    found = [Recorded(*row) for row in rows]
    return found[::-1] if newest else found


def event(connection: sqlite3.Connection, seq: int) -> Recorded:
    """Return one event.

    Raises:
        NotFoundError: if the log has no such seq.
    """
    row = connection.execute(f"SELECT {COLUMNS} FROM event WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no event {seq}")
    return Recorded(*row)


def seq_at(connection: sqlite3.Connection, moment: str) -> int:
    """Return the seq of the last event recorded at or before a moment (UTC text); 0 if none."""
    row = connection.execute("SELECT MAX(seq) FROM event WHERE at <= ?", (moment,)).fetchone()
    return int(row[0] or 0)


def tail(database: Database, after: int, *, seconds: float = 0.2) -> Iterator[int]:
    """Yield the newest seq whenever it has grown past `after`; wait `seconds` between looks."""
    while True:
        head = database.head()
        if head > after:
            after = head
            yield head
        time.sleep(seconds)
