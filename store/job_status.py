"""The statuses of a job and the one table of how they may follow each other.

Providers report statuses that skip, repeat or go backwards. Each is recorded as it came; this table
decides what the job's status becomes.
"""

from __future__ import annotations

PLANNED = "planned"
VALIDATING = "validating_files"
QUEUED = "queued"
RUNNING = "running"
PAUSED = "paused"
INTERRUPTED = "interrupted"
SUCCEEDED = "succeeded"
FAILED = "failed"
CANCELLED = "cancelled"

ACTIVE = (PLANNED, VALIDATING, QUEUED, RUNNING, PAUSED)
"""Something may still come without anybody asking for it."""

RESUMABLE = (INTERRUPTED, FAILED, CANCELLED)
"""Ended without its result: training can go on from a checkpoint."""

ENDED = (*RESUMABLE, SUCCEEDED)

STATUSES = (*ACTIVE, *ENDED)

_ENDS = frozenset(ENDED)
_FOLLOWERS: dict[str, frozenset[str]] = {
    PLANNED: frozenset({VALIDATING, QUEUED, RUNNING, PAUSED}) | _ENDS,
    VALIDATING: frozenset({QUEUED, RUNNING, PAUSED}) | _ENDS,
    QUEUED: frozenset({RUNNING, PAUSED}) | _ENDS,
    RUNNING: frozenset({PAUSED}) | _ENDS,
    PAUSED: frozenset({QUEUED, RUNNING}) | _ENDS,
    # A hosted job that was lost sight of is found again in whatever state it is.
    INTERRUPTED: frozenset({VALIDATING, QUEUED, RUNNING, PAUSED, SUCCEEDED, FAILED, CANCELLED}),
    FAILED: frozenset(),
    CANCELLED: frozenset(),
    SUCCEEDED: frozenset(),
}


def follow(current: str, reported: str) -> str:
    """Return the status after a report; a report that may not follow changes nothing.

    Only a resumption, which is a decision and not a report, reopens a job that ended.
    """
    return reported if reported in _FOLLOWERS[current] else current
