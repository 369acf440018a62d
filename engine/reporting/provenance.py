"""What a report was made from: the events, by their places in the log, and the chain's hashes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from store.queries.streams import lab_id, newest_event


@dataclass(frozen=True, slots=True)
class StreamPart:
    """The events of a stream that were there.

    Attributes:
        stream: its name.
        events: how many they are.
        first: the seq of the first one.
        last: the seq of the last one.
        hash: the chain's hash at the last one, in hexadecimal.
    """

    stream: str
    events: int
    first: int
    last: int
    hash: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """The state of the log that a report tells of.

    Attributes:
        log: what names this log among all others.
        seq: the last event that counts; 0 of an empty log.
        hash: the chain's hash at it, in hexadecimal, which stands for all events up to it.
        at: when it was recorded, as UTC text.
        streams: the events that tell of what is compared, stream by stream.
        command: what made the report, as it is typed.
        again: what makes it anew, whatever was recorded since.
        ftlab: the version that made it.
    """

    log: str
    seq: int
    hash: str
    at: str
    streams: tuple[StreamPart, ...]
    command: str
    again: str
    ftlab: str


@contextmanager
def one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """Read from one state of the log while the block runs, whatever is recorded meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def stream_parts(connection: sqlite3.Connection, streams: Iterable[str]) -> list[StreamPart]:
    """Return the events that some streams have, by their first one; not those that have none."""
    parts = []
    for stream in dict.fromkeys(streams):
        events, first, last = connection.execute(
            "SELECT COUNT(*), MIN(seq), MAX(seq) FROM event WHERE stream = ?", (stream,)
        ).fetchone()
        if events:
            row = connection.execute("SELECT hash FROM event WHERE seq = ?", (last,)).fetchone()
            parts.append(StreamPart(stream, events, first, last, row[0].hex()))
    return sorted(parts, key=lambda part: (part.first, part.stream))


def provenance(
    connection: sqlite3.Connection,
    streams: Iterable[str],
    command: str,
    again: str,
    ftlab: str,
) -> Provenance:
    """Return what the log holds at this moment.

    Args:
        connection: where to read.
        streams: the names of those that tell of what is compared.
        command: what made the report.
        again: what makes it anew; `{seq}` in it becomes the last event's.
        ftlab: the version that made it.
    """
    head = newest_event(connection)
    seq = 0 if head is None else head.seq
    return Provenance(
        lab_id(connection),
        seq,
        "" if head is None else head.hash.hex(),
        "" if head is None else head.at,
        tuple(stream_parts(connection, streams)),
        command,
        again.replace("{seq}", str(seq)),
        ftlab,
    )
