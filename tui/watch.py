"""Reading what the job list shows, from threads: at first, and whenever the log grew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from store.queries.job_index import JobIndex, job_index
from store.queries.job_search import search
from store.queries.jobs import changed_jobs, status_counts
from store.queries.searching import Condition
from tui.job_book import View
from tui.job_rows import JobRow, job_rows

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from store.database import Database

LOOK_SECONDS = 0.3
FIRST_JOBS = 100
"""How many jobs the first frame knows of."""

FIRST_ROWS = 60
"""How many of them it can show."""

_NO_FILE = (0, 0)


@dataclass
class JobsListed(Message):
    """It was read which jobs a view has; `rows` are the first of them."""

    view: View
    index: JobIndex
    counts: Mapping[str, int]
    rows: list[JobRow]

    @property
    def is_whole(self) -> bool:
        """Whether these are all jobs of a view that leaves none out."""
        return bool(self.view.search) or len(self.index.ids) >= sum(self.counts.values())


@dataclass
class RowsRead(Message):
    """Rows of a list were read."""

    rows: list[JobRow]


@dataclass
class LogGrew(Message):
    """The log grew up to `head`; `jobs` are those that the new events tell of."""

    head: int
    jobs: list[str]
    counts: Mapping[str, int]


@dataclass
class FileMoved(Message):
    """The database's file was removed, or another one lies in its place."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the first frame shows, and the seq of the log up to which that is told."""

    head: int
    listed: JobsListed


def begin(database: Database, view: View) -> Beginning:
    """Read what the first frame shows, and no more."""
    head = database.head()
    return Beginning(head, list_jobs(database.reader, view, limit=FIRST_JOBS))


def list_jobs(connection: sqlite3.Connection, view: View, limit: int = -1) -> JobsListed:
    """Read which jobs a view has, and the rows of the first."""
    wanted: Condition = search(view.search)
    index = job_index(connection, wanted, view.order, limit, first=view.pinned)
    rows = job_rows(connection, index.ids[:FIRST_ROWS])
    return JobsListed(view, index, status_counts(connection), rows)


def watch(
    database: Database,
    head: int,
    post: Callable[[Message], object],
    stopped: Callable[[float], bool],
) -> None:
    """Post what changes after an event, until `stopped` within so many seconds.

    The newest seq is cheap to ask for, so a quiet log costs next to nothing. SQLite goes on with a
    file that was removed or replaced as if nothing were, and what is written then is lost: that is
    posted once.
    """
    seen = head
    file = _file_at(database.path)
    while not stopped(LOOK_SECONDS):
        found = _file_at(database.path)
        if file and found and found != file:
            post(FileMoved())
            file = None
        head = database.head()
        if head > seen:
            reader = database.reader
            post(LogGrew(head, changed_jobs(reader, seen), status_counts(reader)))
            seen = head


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return which file lies at a path, by device and inode, zeros for none; None if unknown."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return _NO_FILE
    except OSError:
        return None  # A folder that cannot be looked into says nothing of the file.
    return status.st_dev, status.st_ino
