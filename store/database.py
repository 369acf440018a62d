"""The SQLite file: opening it safely, reading from any thread, writing one at a time, copying it.

Connections use the standard library's sqlite3 with explicit transactions. A write takes the lock
at its beginning (`BEGIN IMMEDIATE`), so that it waits there and never fails half-way, and commits
with `synchronous=FULL`: what was acknowledged outlives the process and a power cut.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from store import migrations
from store.errors import StoreBusyError, StoreError
from store.filesystem import network_file_system

BUSY_SECONDS = 60.0
"""How long a process waits for another one's write; writes take milliseconds."""

_FULL_BYTES = 64 * 1024

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
        self._is_open = False
        self._threads = threading.local()
        self._lock = threading.RLock()
        _look(path, create=create)
        with told(path):
            self.read_only = _is_read_only(path)
            with closed_on_failure(self._connect()) as self.writer:
                self._prepare(journal)
        self._is_open = True

    def _prepare(self, journal: Journal) -> None:
        # Asked first: a file that is not ours is refused before anything in it is changed.
        current = migrations.is_current(self.writer)
        self.journal = self._choose_journal(journal)
        if not current:
            with self.transaction() as connection:
                migrations.migrate(connection)

    def address(self) -> str:
        """Return the file as an SQLite URI that only reads, for ATTACH."""
        mode = "ro"
        if self.read_only and _in_wal_mode(self.path) and _has_no_wal(self.path):
            # Reading would make a log beside the file, which may not be possible; nobody writes.
            mode = "ro&immutable=1"
        return _uri(self.path, mode)

    def _connect(self) -> sqlite3.Connection:
        # Once it is open it is there: where it was removed, no empty one takes its place.
        writing = _uri(self.path, "rw" if self._is_open else "rwc")
        connection = sqlite3.connect(
            self.address() if self.read_only else writing,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        with closed_on_failure(connection):
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
        return connection

    def _choose_journal(self, wanted: Journal) -> str:
        if self.read_only:
            why = "is on a full disk" if _may_be_written(self.path) else "is read-only"
            self.notice = f"{self.path} {why}: nothing new will be recorded."
            return _pragma(self.writer, "journal_mode")
        shared = network_file_system(self.path) if wanted == "auto" else None
        if shared is not None:
            self.notice = (
                f"{self.path} is on a network file system ({shared}): using a rollback journal, "
                "which is safe there and slower."
            )
        mode = "delete" if shared is not None or wanted == "rollback" else "wal"
        journal = _set_journal(self.writer, mode)
        if journal != mode:
            self.notice = (
                f"the file system of {self.path} allows no write-ahead log: "
                f"using journal mode {journal}, which is slower."
            )
        return journal

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's connection for reading; it refuses to write."""
        reader: _Reader | None = getattr(self._threads, "reader", None)
        if reader is not None and self.read_only and reader.stamp != _stamp(self.path):
            reader = None
        if reader is None:
            with told(self.path):
                # Taken before: what is written while this opens is then seen as a change.
                stamp = _stamp(self.path) if self.read_only else None
                reader = self._threads.reader = _Reader(self._connect(), stamp)
        return reader.connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block or nothing. Waits for other writers at its beginning.

        Raises:
            StoreBusyError: if another process held the lock for longer than `BUSY_SECONDS`.
            StoreError: if the file cannot be written (read-only, disk full).
        """
        with self._lock, told(self.path):
            if self.read_only:
                raise StoreError(self.notice or f"{self.path} can only be read")
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
        try:
            with told(target):
                self._copy_to(partial, progress)
                partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)

    def _copy_to(self, target: Path, progress: Progress | None) -> None:
        def report(_status: int, remaining: int, total: int) -> None:
            if progress is not None:
                progress(total - remaining, total)

        with closing(self._connect()) as source, closing(_new_file(target)) as copy:
            # A snapshot held open: other processes' writes do not make the copy start again.
            source.execute("BEGIN")
            source.execute("SELECT COUNT(*) FROM projection").fetchone()
            source.backup(copy, pages=1024, progress=report, sleep=0)
            _set_journal(copy, "delete")

    def close(self) -> None:
        """Close the connection for writing and this thread's for reading.

        Those of other threads close when these have done with them: SQLite crashes if a connection
        is closed in the middle of another thread's question.
        """
        with self._lock:
            self.writer.close()
        reader: _Reader | None = getattr(self._threads, "reader", None)
        if reader is not None:
            reader.connection.close()


_Stamp = tuple[int, ...]


class _Reader:
    """A thread's connection for reading; it closes when the thread ends.

    Attributes:
        stamp: how the files of a read-only database looked when it was opened: it may have been
            opened as one that nobody changes, and shows nothing new if somebody does.
    """

    def __init__(self, connection: sqlite3.Connection, stamp: _Stamp | None) -> None:
        self.connection = connection
        self.stamp = stamp
        self._thread = threading.get_ident()
        with closed_on_failure(connection):
            connection.execute("PRAGMA query_only = ON")

    def __del__(self) -> None:
        # Elsewhere its thread may be in the middle of a question: then it closes when that lets go.
        if threading.get_ident() == self._thread:
            self.connection.close()


@contextmanager
def closed_on_failure(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Close a connection if the block fails; leave it open if all goes well."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


@contextmanager
def told(path: Path, hint: str = "") -> Iterator[None]:
    """Turn what SQLite raises into words that name the file and what to do.

    Args:
        path: the file.
        hint: what to do about a failure that has no words of its own here.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _in_words(path, error, hint) from error


def _in_words(path: Path, error: sqlite3.Error, hint: str) -> StoreError:
    """Judge by SQLite's result code (sqlite.org/rescode.html), whose low byte is the kind."""
    kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(
            f"another process has kept {path} locked for over {BUSY_SECONDS:.0f} s: "
            "look which one is stuck (lsof, or `ftlab poll --once` in another terminal)"
        )
    if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and _disk_is_full(path)):
        return StoreError(f"the disk that holds {path} is full: nothing was recorded")
    if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            f"{path} is damaged or no SQLite database ({error}). "
            "Restore a backup, or try sqlite3's .recover."
        )
    if kind == sqlite3.SQLITE_CANTOPEN:
        return StoreError(_why_not_opened(path))
    if str(error).startswith("Could not decode to UTF-8"):
        # The module's own words quote the bytes, however many they are.
        return StoreError(f"{path}: something recorded in it is no UTF-8 text{hint}")
    return StoreError(f"{path}: {error}{hint}")


def is_locked(path: Path) -> bool:
    """Tell whether another process keeps others from writing to a database at this moment."""
    try:
        with closing(sqlite3.connect(_uri(path, "rw"), timeout=0, uri=True)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return False


def _disk_is_full(path: Path) -> bool:
    """Tell whether hardly a page is free: the log's shared memory then fails as an I/O error."""
    try:
        return shutil.disk_usage(path.parent).free < _FULL_BYTES
    except OSError:
        return False


def _why_not_opened(path: Path) -> str:
    if not path.parent.is_dir():
        return f"{path} cannot be opened: there is no folder {path.parent}"
    if not path.exists():
        return f"{path} cannot be opened: it is not there"
    return f"{path} cannot be opened: look at its permissions and at those of its folder"


def _look(path: Path, *, create: bool) -> None:
    """See that there is a file to open or a folder to make one in.

    Raises:
        StoreError: if there is not.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder: name a database file in it")
    if not create and not path.is_file():
        raise StoreError(f"there is no database at {path}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder {path.parent} cannot be made: {error.strerror}") from error


def _new_file(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"


def _is_read_only(path: Path) -> bool:
    """Tell whether a file can only be read: nobody may write to it, or its disk has no room.

    To open it for writing takes room beside it, unless another process is at it already.
    """
    if not os.access(path, os.F_OK):
        return False
    return not _may_be_written(path) or (_disk_is_full(path) and _has_no_wal(path))


def _may_be_written(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _in_wal_mode(path: Path) -> bool:
    """Read it off the file's header (sqlite.org/fileformat.html, byte 18: the write version)."""
    with path.open("rb") as file:
        return file.read(19)[18:] == b"\x02"


def _stamp(path: Path) -> _Stamp:
    """Return what changes whenever somebody writes to the database."""
    found: list[int] = []
    for file in (path, _wal_of(path)):
        try:
            status = file.stat()
        except FileNotFoundError:
            found.append(0)
        else:
            found += [status.st_ino, status.st_size, status.st_mtime_ns]
    return tuple(found)


def _has_no_wal(path: Path) -> bool:
    """Tell whether all there is stands in the file itself."""
    wal = _wal_of(path)
    return not wal.exists() or wal.stat().st_size == 0


def _wal_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


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
