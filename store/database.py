"""The SQLite file: opening it safely, reading from any thread, writing one at a time, copying it.

Connections use the standard library's sqlite3 with explicit transactions. A write takes the lock
at its beginning (`BEGIN IMMEDIATE`), so that it waits there and never fails half-way, and commits
with `synchronous=FULL`: what was acknowledged outlives the process and a power cut.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from store import migrations
from store.errors import StoreBusyError, StoreError
from store.filesystem import network_file_system

BUSY_SECONDS = 60.0
"""How long a process waits for another one's write; writes take milliseconds."""

Journal = Literal["auto", "wal", "rollback"]
Progress = Callable[[int, int], None]


class Database:
    """An open ftlab database.

    Attributes:
        path: the file.
        journal: `wal` or `delete` (a rollback journal), as SQLite reports it.
        writer: the connection that `transaction` hands out, for what must be prepared before one.
        notice: what the user should know about how it was opened, or None.
    """

    def __init__(self, path: Path, *, create: bool = True, journal: Journal = "auto") -> None:
        """Open the file, creating it and its folder when wanted, and bring it up to date.

        Raises:
            StoreError: if the file is missing, is no ftlab database or was written by a newer one.
        """
        self.path = path
        self.notice: str | None = None
        self._threads = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.RLock()
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not path.is_file():
            raise StoreError(f"there is no database at {path}")
        with told(path):
            self.read_only = _is_read_only(path)
            self.writer = self._connect()
            self.journal = self._choose_journal(journal)
            if not migrations.is_current(self.writer):
                with self.transaction() as connection:
                    migrations.migrate(connection)

    def _connect(self) -> sqlite3.Connection:
        mode = "ro&immutable=1" if self.read_only else "rwc"
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        self._opened.append(connection)
        return connection

    def _choose_journal(self, wanted: Journal) -> str:
        if self.read_only:
            self.notice = f"{self.path} is read-only: nothing new will be recorded."
            return _pragma(self.writer, "journal_mode")
        shared = network_file_system(self.path) if wanted == "auto" else None
        if shared is not None:
            self.notice = (
                f"{self.path} is on a network file system ({shared}): using a rollback journal, "
                "which is safe there and slower."
            )
        mode = "delete" if shared is not None or wanted == "rollback" else "wal"
        return _set_journal(self.writer, mode)

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's connection for reading; it refuses to write."""
        connection: sqlite3.Connection | None = getattr(self._threads, "reader", None)
        if connection is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            self._threads.reader = connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block or nothing. Waits for other writers at its beginning.

        Raises:
            StoreBusyError: if another process held the lock for longer than `BUSY_SECONDS`.
            StoreError: if the file cannot be written (read-only, disk full).
        """
        with self._lock, told(self.path):
            if self.read_only:
                raise StoreError(f"{self.path} is read-only: nothing can be recorded in it")
            self.writer.execute("BEGIN IMMEDIATE")
            try:
                yield self.writer
                self.writer.execute("COMMIT")
            finally:
                if self.writer.in_transaction:
                    self.writer.execute("ROLLBACK")

    def head(self) -> int:
        """Return the seq of the newest event, 0 if there is none. Cheap: ask it often."""
        seq: int = self.reader.execute("SELECT COALESCE(MAX(seq), 0) FROM event").fetchone()[0]
        return seq

    def backup(self, target: Path, progress: Progress | None = None) -> None:
        """Copy the database as it stands to a new file, while others write.

        The copy appears under its name only when it is whole.

        Args:
            target: the file to make; it must not exist.
            progress: called with pages done and pages in all.

        Raises:
            StoreError: if the target exists or cannot be written.
        """
        if target.exists():
            raise StoreError(f"{target} exists already: name a new file")
        partial = target.with_name(target.name + ".partial")
        partial.unlink(missing_ok=True)

        def report(_status: int, remaining: int, total: int) -> None:
            if progress is not None:
                progress(total - remaining, total)

        with told(target):
            copy = sqlite3.connect(partial, isolation_level=None)
            source = self._connect()
            try:
                # A snapshot held open: other processes' writes do not make the copy start again.
                source.execute("BEGIN")
                source.execute("SELECT COUNT(*) FROM projection").fetchone()
                source.backup(copy, pages=1024, progress=report, sleep=0)
                _set_journal(copy, "delete")
            finally:
                copy.close()
                source.close()
        partial.rename(target)

    def close(self) -> None:
        """Close every connection, those of other threads too."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into words that name the file and what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _in_words(path, error) from error
    except sqlite3.DatabaseError as error:
        if "append-only" in str(error) or isinstance(error, sqlite3.IntegrityError):
            raise StoreError(f"{path}: {error}") from error
        raise StoreError(
            f"{path} is damaged or no SQLite database ({error}). "
            "Restore a backup, or try sqlite3's .recover."
        ) from error


def _in_words(path: Path, error: sqlite3.OperationalError) -> StoreError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return StoreBusyError(
            f"another process has kept {path} locked for over {BUSY_SECONDS:.0f} s: "
            "look which one is stuck (lsof, or `ftlab poll --once` in another terminal)"
        )
    if "full" in text:
        return StoreError(f"the disk that holds {path} is full: nothing was recorded")
    return StoreError(f"{path}: {text}")


def _is_read_only(path: Path) -> bool:
    import os

    if path.exists():
        return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    return False


def _pragma(connection: sqlite3.Connection, name: str) -> str:
    return str(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _set_journal(connection: sqlite3.Connection, mode: str) -> str:
    """Switch the journal; two processes that open a new file at once may have to take turns."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return _pragma(connection, f"journal_mode = {mode}")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
