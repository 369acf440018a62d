"""Questions about the log itself: the audit."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

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


_WHERE = (
    "(?1 IS NULL OR stream = ?1 OR (stream >= ?1 AND stream < ?1 || x'f48fbfbf')) "
    "AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR at < ?4) "
    "AND (?5 IS NULL OR INSTR(actor, ?5) > 0)"
)
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
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM event WHERE seq > ?6 AND (?7 IS NULL OR seq < ?7) AND {_WHERE} "
        f"ORDER BY seq {'DESC' if newest else 'ASC'} LIMIT ?8",
        (
            wanted.stream,
            wanted.type,
            wanted.since,
            wanted.until,
            wanted.actor,
            after,
            before,
            limit,
        ),
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
