"""Questions about the queue of jobs of this machine."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from store import job_status
from store.queries.origins import looked_after_elsewhere
from store.queue_state import STARTING, WAITING


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A job that waits, or whose turn has come; see `store.tables.QueueEntry`. Times are UTC."""

    job: str
    name: str
    state: str
    priority: int
    attempt: int
    devices: tuple[str, ...]
    queued_at: str
    queued_by: str


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A job that takes a slot: its process runs, is being started, or may be."""

    job: str
    name: str
    status: str
    devices: tuple[str, ...]
    hyperparameters_json: str
    since: str


_QUEUE = """
SELECT job, name, state, priority, queue_entry.attempt, devices_json, queued_at, queued_by
FROM queue_entry JOIN job ON job.id = queue_entry.job
"""


def waiting(connection: sqlite3.Connection) -> list[QueueRow]:
    """Return the jobs that wait for their turn here, the next one first."""
    return _in_state(connection, WAITING)


def starting(connection: sqlite3.Connection) -> list[QueueRow]:
    """Return the jobs whose turn has come and whose process is not recorded yet."""
    return _in_state(connection, STARTING)


def _in_state(connection: sqlite3.Connection, state: str) -> list[QueueRow]:
    rows = connection.execute(_QUEUE + "WHERE state = ? ORDER BY priority DESC, rank", (state,))
    found = [_row(row) for row in rows]
    elsewhere = set(looked_after_elsewhere(connection)) if found else set()
    return [row for row in found if row.job not in elsewhere]


def entry(connection: sqlite3.Connection, job: str) -> QueueRow | None:
    """Return what the queue knows of a job, by its id; None if it knows nothing."""
    row = connection.execute(_QUEUE + "WHERE job = ?", (job,)).fetchone()
    return None if row is None else _row(row)


def place(connection: sqlite3.Connection, job: str) -> tuple[int, int] | None:
    """Return a waiting job's place from 1, and how many wait; None if it does not wait here."""
    ids = [row.job for row in waiting(connection)]
    return (ids.index(job) + 1, len(ids)) if job in ids else None


def slots_taken(connection: sqlite3.Connection) -> list[SlotRow]:
    """Return the jobs of this machine that take a slot, the one that began first at the front."""
    marks = ", ".join("?" * len(job_status.ACTIVE))
    rows = connection.execute(
        "SELECT id, name, status, COALESCE(devices_json, '[]'), hyperparameters_json, "
        "COALESCE(started_at, planned_at) FROM job LEFT JOIN queue_entry ON job = id "
        f"WHERE provider = 'local' AND status IN ({marks}) AND COALESCE(state, '') != ? "
        "ORDER BY 6, id",
        (*job_status.ACTIVE, WAITING),
    )
    found = [
        SlotRow(job, name, status, tuple(json.loads(devices)), hyperparameters, since)
        for job, name, status, devices, hyperparameters, since in rows
    ]
    elsewhere = set(looked_after_elsewhere(connection)) if found else set()
    return [row for row in found if row.job not in elsewhere]


def _row(row: tuple[str, str, str, int, int, str, str, str]) -> QueueRow:
    return QueueRow(*row[:5], tuple(json.loads(row[5])), *row[6:])
