"""Questions about jobs that stopped unasked, and how often they went on by themselves."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from store.job_status import FAILED, INTERRUPTED


@dataclass(frozen=True, slots=True)
class Decision:
    """The newest decision to go on with a job, be it a person's or by itself.

    Attributes:
        version: of the event, in the job's stream.
        automatic: which resumption by itself it was since a person's last; 0 if a person's.
        at_most: how many there might be; None if a person's.
        reason: why the job had stopped; None if a person's.
        started: whether a process came of it.
    """

    version: int
    automatic: int = 0
    at_most: int | None = None
    reason: str | None = None
    started: bool = True


FIRST = Decision(0)
"""Nobody has gone on with the job yet."""


def stopped(connection: sqlite3.Connection, since: str) -> list[str]:
    """Return the ids of local jobs that are interrupted, or failed, oldest first.

    Args:
        connection: where to read.
        since: only those of which it was recorded after this UTC text.
    """
    rows = connection.execute(
        "SELECT id FROM job WHERE provider = 'local' AND status IN (?1, ?2) AND ?3 < ("
        "SELECT at FROM event WHERE stream = 'job/' || id "
        "AND type IN ('JobInterrupted', 'JobFailed') ORDER BY version DESC LIMIT 1"
        ") ORDER BY planned_at, id",
        (INTERRUPTED, FAILED, since),
    )
    return [row[0] for row in rows]


def decision(connection: sqlite3.Connection, job: str) -> Decision:
    """Return the newest decision to go on with a job, by its id."""
    row = connection.execute(
        "SELECT version, data, EXISTS (SELECT 1 FROM event AS later WHERE later.stream = "
        "event.stream AND later.version > event.version AND later.type = 'JobSubmitted') "
        "FROM event WHERE stream = 'job/' || ? AND type IN ('JobQueued', 'JobResumed') "
        "ORDER BY version DESC LIMIT 1",
        (job,),
    ).fetchone()
    if row is None:
        return FIRST
    version, data, started = row
    told = json.loads(data)
    return Decision(
        version,
        told.get("automatic") or 0,
        told.get("at_most"),
        told.get("reason"),
        bool(started),
    )
