"""The store as it stood: the log up to an event, folded anew into a private database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from urllib.parse import quote

from store.catalogue import CATALOGUE, Catalogue
from store.database import Database, told
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
    with told(database.path):
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        folder = Folder(connection)
        connection.execute("ATTACH ? AS recorded", (f"file:{quote(str(database.path))}?mode=ro",))
        connection.execute("BEGIN")
        connection.execute(
            "CREATE TABLE event AS SELECT * FROM recorded.event WHERE seq <= ? ORDER BY seq", (seq,)
        )
        connection.execute(
            "CREATE TABLE projection (name TEXT PRIMARY KEY, version INTEGER, seq INTEGER, hash BLOB)"
        )
        folder.create_tables()
        fold_all(connection, folder, catalogue, progress)
        connection.execute("COMMIT")
        connection.execute("DETACH recorded")
    return connection
