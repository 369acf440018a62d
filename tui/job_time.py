"""How long a job has run and how long it will still take."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.job_status import RUNNING
from store.queries.history import Filter, history
from store.queries.jobs import JobDetail
from store.times import from_text


@dataclass(frozen=True, slots=True)
class Run:
    """The stretch of training that the present pace is taken from: when and where it began."""

    began: str
    from_step: int


def newest_run(connection: sqlite3.Connection, detail: JobDetail) -> Run | None:
    """Return where the job's training began or last went on from; None if it never ran."""
    if detail.started_at is None:
        return None
    if detail.attempt == 1:
        return Run(detail.started_at, 0)
    stream = f"job/{detail.id}"
    resumed = history(connection, Filter(stream, "JobResumed"), limit=1, newest=True)
    if not resumed:
        return Run(detail.started_at, 0)
    reports = history(connection, Filter(stream, "JobStatusChanged"), after=resumed[0].seq, limit=5)
    running = [report for report in reports if json.loads(report.data)["status"] == RUNNING]
    began = running[0] if running else resumed[0]
    return Run(began.occurred, int(json.loads(resumed[0].data)["from_step"]))


def elapsed(detail: JobDetail, now: datetime) -> float | None:
    """Return the seconds from the first step's start to the end, or until now; None before it."""
    if detail.started_at is None:
        return None
    end = now if detail.ended_at is None else from_text(detail.ended_at)
    return max(0.0, (end - from_text(detail.started_at)).total_seconds())


def time_left(detail: JobDetail, run: Run | None) -> float | None:
    """Estimate the seconds that a running job still takes, from its pace since it last began.

    Returns:
        None when there is no telling: it does not run, or too little of it was seen.
    """
    if detail.status != RUNNING or run is None or not detail.total_steps:
        return None
    done = detail.step - run.from_step
    spent = (from_text(detail.updated_at) - from_text(run.began)).total_seconds()
    if done <= 0 or spent <= 0:
        return None
    return max(0, detail.total_steps - detail.step) * spent / done
