"""The store as it stood: the log up to an event, folded anew into a private database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from store.catalogue import CATALOGUE, Catalogue
from store.database import BUSY_SECONDS, Database, closed_on_failure, told
from store.errors import StoreError
from store.projections import Folder, fold_all

Progress = Callable[[int, int], None]


def as_of(
    database: Database,
    seq: int,
    progress: Progress | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> sqlite3.Connection:
    """Return a connection on which every query answers as it did right after event `seq`.

    The state lies in a temporary database of SQLite's, gone with the connection.

    Args:
        database: the present.
        seq: the last event that counts.
        progress: called with events folded and events in all.
        catalogue: the event types.
    """
    with told(database.path), closed_on_failure(private(database)) as connection:
        folder = Folder(connection)
        connection.execute(
            "CREATE TABLE event AS SELECT * FROM recorded.event WHERE seq <= ? ORDER BY seq", (seq,)
        )
        # Before the folding, so that it keeps no writer waiting where there is no write-ahead log.
        connection.execute("DETACH recorded")
        connection.execute("BEGIN")
        connection.execute("CREATE UNIQUE INDEX event_seq ON event (seq)")
        connection.execute("CREATE INDEX event_stream ON event (stream, version)")
        connection.execute("CREATE TABLE projection (name PRIMARY KEY, version, seq, hash)")
        folder.create_tables()
        fold_all(connection, folder, catalogue, progress)
        connection.execute("COMMIT")
    return connection


def private(database: Database) -> sqlite3.Connection:
    """Return a connection to an empty database of its own that can read `database` as `recorded`.

    It lies in memory or in a temporary file, as SQLite sees fit, and is gone with the connection.
    """
    connection = sqlite3.connect(
        "", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    with closed_on_failure(connection):
        connection.execute("ATTACH ? AS recorded", (database.address(),))
    return connection


class PastDatabase:
    """A database as it stood right after an event; it is asked like the present one.

    Attributes:
        path: the file of the present.
        notice: what should be known about it.
        read_only: nothing can be recorded in the past.
    """

    read_only = True

    def __init__(self, database: Database, seq: int, progress: Progress | None = None) -> None:
        self.path = database.path
        self.notice = database.notice
        self._reader: sqlite3.Connection | None = as_of(database, seq, progress)
        self._seq = seq

    @property
    def reader(self) -> sqlite3.Connection:
        """The connection for reading, for all threads.

        Raises:
            StoreError: if the past was left.
        """
        reader = self._reader
        if reader is None:
            raise StoreError(f"the state as of event {self._seq:,} is no longer looked at")
        return reader

    def head(self) -> int:
        """Return the seq of the last event that counts."""
        return self._seq

    def close(self) -> None:
        """Forget the past; its connection closes when the last thread has done with it.

        SQLite crashes if a connection is closed in the middle of another thread's question.
        """
        self._reader = None
