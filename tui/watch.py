"""Watching the log from threads: the newest jobs first, then all, then only what changed."""

from __future__ import annotations

from collections.abc import Callable
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
FIRST_ROWS = 200
_IDS_AT_ONCE = 500


@dataclass
class JobsRead(Message):
    """Jobs were read; `whole` when all of them are by now."""

    rows: list[JobSummary]
    whole: bool


@dataclass
class LogGrew(Message):
    """The log grew up to `head`; these are the jobs that the new events tell of."""

    head: int
    rows: list[JobSummary]


@dataclass(frozen=True, slots=True)
class Beginning:
    """The newest jobs, and the seq of the log up to which they are told."""

    head: int
    rows: list[JobSummary]

    @property
    def whole(self) -> bool:
        """Whether these are all jobs."""
        return len(self.rows) < FIRST_ROWS


def begin(database: Database) -> Beginning:
    """Read what the first frame shows, and no more."""
    head = database.head()
    return Beginning(head, job_list(database.reader, limit=FIRST_ROWS))


def watch(
    database: Database, beginning: Beginning, post: Callable[[Message], object], stopped: Event
) -> None:
    """Post the jobs after the first ones, then what changes, until stopped.

    The newest seq is cheap to ask for, so a quiet log costs next to nothing.
    """
    if not beginning.whole:
        post(JobsRead(job_list(database.reader, offset=len(beginning.rows)), whole=True))
    seen = beginning.head
    while not stopped.wait(LOOK_SECONDS):
        head = database.head()
        if head > seen:
            post(LogGrew(head, _changed(database.reader, seen)))
            seen = head


def _changed(connection: sqlite3.Connection, seen: int) -> list[JobSummary]:
    rows: list[JobSummary] = []
    ids = iter(changed_jobs(connection, seen))
    while some := list(islice(ids, _IDS_AT_ONCE)):
        rows += jobs_by_id(connection, some)
    return rows
