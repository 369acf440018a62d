"""Watching the log from a thread: read all jobs once, then only what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from store.queries.jobs import JobSummary, changed_jobs, job_list, jobs_by_id

if TYPE_CHECKING:
    import sqlite3

    from store.database import Database

LOOK_SECONDS = 0.3
FIRST_ROWS, PAGE_ROWS = 200, 4000
_IDS_AT_ONCE = 500


@dataclass
class JobsRead(Message):
    """A page of the job list was read; `whole` when it was the last."""

    rows: list[JobSummary]
    whole: bool


@dataclass
class LogGrew(Message):
    """The log grew up to `head`; these are the jobs that the new events tell of."""

    head: int
    rows: list[JobSummary]


def watch(database: Database, post: Callable[[Message], object], stopped: Event) -> None:
    """Post every job, page by page, then what changes, until stopped.

    The newest seq is cheap to ask for, so a quiet log costs next to nothing.
    """
    seen = database.head()
    for rows, whole in _pages(database.reader, stopped):
        post(JobsRead(rows, whole))
    while not stopped.wait(LOOK_SECONDS):
        head = database.head()
        if head > seen:
            post(LogGrew(head, _changed(database.reader, seen)))
            seen = head


def _pages(
    connection: sqlite3.Connection, stopped: Event
) -> Iterator[tuple[list[JobSummary], bool]]:
    """Yield the jobs, newest first; the first page is small, so that it is there at once."""
    size, offset = FIRST_ROWS, 0
    while not stopped.is_set():
        rows = job_list(connection, limit=size, offset=offset)
        yield rows, len(rows) < size
        if len(rows) < size:
            return
        offset += size
        size = PAGE_ROWS


def _changed(connection: sqlite3.Connection, seen: int) -> list[JobSummary]:
    rows: list[JobSummary] = []
    ids = iter(changed_jobs(connection, seen))
    while some := list(islice(ids, _IDS_AT_ONCE)):
        rows += jobs_by_id(connection, some)
    return rows
