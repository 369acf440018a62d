"""What a list shows of the jobs in sight."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.job_status import RUNNING
from store.queries.jobs import JobSummary, job_detail, jobs_by_id
from store.queries.loss_course import loss_course
from tui.job_time import newest_run, time_left

COURSE = 10
"""How many points the course of a loss has."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job in a list.

    Attributes:
        job: its summary.
        course: how its training loss went; empty if there is none yet.
        left: the seconds that it may still take; None if it does not run or nothing is known.
    """

    job: JobSummary
    course: tuple[float, ...] = ()
    left: float | None = None


def job_rows(connection: sqlite3.Connection, jobs: Sequence[str]) -> list[JobRow]:
    """Return what is shown of jobs; those that do not exist are left out."""
    return [_row(connection, job) for job in jobs_by_id(connection, jobs)]


def _row(connection: sqlite3.Connection, job: JobSummary) -> JobRow:
    course = () if job.loss is None else loss_course(connection, job.id, COURSE)
    return JobRow(job, course, _left(connection, job) if job.status == RUNNING else None)


def _left(connection: sqlite3.Connection, job: JobSummary) -> float | None:
    detail = job_detail(connection, job.id)
    return time_left(detail, newest_run(connection, detail))
