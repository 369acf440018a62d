"""Folding what is said about waiting into the queue.

The queue is one list. Jobs are served by priority, and within a priority in the order of the list
(`rank`); a job that is moved to a place takes over the priority that belongs there, so that it
comes to stand exactly where it was put. What cannot be followed (another job is not waiting any
more) is recorded and changes nothing.
"""

from __future__ import annotations

import json

from store import events, job_status
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.jobs import touched
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.queue_state import STARTED, STARTING, WAITING
from store.recorded import Recorded
from store.tables import Job, QueueEntry

_MAY_WAIT = (job_status.PLANNED, *job_status.RESUMABLE)


def _queued(rows: Rows, event: Recorded, fact: events.JobQueued) -> None:
    job = touched(rows, event)
    if job is None or job.status not in _MAY_WAIT:
        return
    goes_on = job.status in job_status.RESUMABLE
    job.status = job_status.QUEUED
    job.requested = job.ended_at = job.reason = job.details = None
    ranks = [entry.rank for entry in _waiting(rows)]
    rows.merge(
        plain(QueueEntry)(
            job=job.id,
            state=WAITING,
            priority=fact.priority,
            rank=max(ranks, default=0) + 1,
            attempt=job.attempt + 1 if goes_on else job.attempt,
            queued_at=event.occurred,
            queued_by=event.actor,
        )
    )


def _moved(rows: Rows, event: Recorded, fact: events.JobMovedInQueue) -> None:
    touched(rows, event)
    waiting = _waiting(rows)
    found = {entry.job: entry for entry in waiting}
    moved = found.pop(subject(event), None)
    if moved is None or not found:
        return
    others = [entry for entry in waiting if entry is not moved]
    if fact.to == "first":
        moved.priority = max(moved.priority, others[0].priority)
        moved.rank = min(entry.rank for entry in others) - 1
    elif fact.to == "last":
        moved.priority = min(moved.priority, others[-1].priority)
        moved.rank = max(entry.rank for entry in others) + 1
    elif (follower := found.get(fact.before or "")) is not None:
        place = follower.rank
        for entry in others:
            entry.rank += entry.rank >= place
        moved.priority, moved.rank = follower.priority, place


def _priority_changed(rows: Rows, event: Recorded, fact: events.JobPriorityChanged) -> None:
    touched(rows, event)
    entry = rows.get(QueueEntry, subject(event))
    if entry is not None and entry.state == WAITING:
        entry.priority = fact.priority


def _taken(rows: Rows, event: Recorded, fact: events.JobTakenFromQueue) -> None:
    touched(rows, event)
    entry = rows.get(QueueEntry, subject(event))
    if entry is not None and entry.state == WAITING:
        entry.state = STARTING
        entry.devices_json = json.dumps(fact.devices)


def _submitted(rows: Rows, event: Recorded, _fact: events.JobSubmitted) -> None:
    entry = rows.get(QueueEntry, subject(event))
    if entry is not None and entry.state == STARTING:
        entry.state = STARTED


def _left(rows: Rows, event: Recorded, _fact: Fact) -> None:
    """Forget a job that has ended."""
    job = rows.get(Job, subject(event))
    if job is None or job.status not in job_status.ENDED:
        return
    entry = rows.get(QueueEntry, job.id)
    if entry is not None:
        rows.delete(entry)


def _waiting(rows: Rows) -> list[QueueEntry]:
    """Return the entries of the jobs that wait, the next one first."""
    found = rows.where(QueueEntry, state=WAITING)
    return sorted(found, key=lambda entry: (-entry.priority, entry.rank))


FOLDS: dict[type[Fact], Fold] = {
    events.JobQueued: _queued,
    events.JobMovedInQueue: _moved,
    events.JobPriorityChanged: _priority_changed,
    events.JobTakenFromQueue: _taken,
    events.JobSubmitted: _submitted,
    events.JobInterrupted: _left,
    events.JobCancelled: _left,
    events.JobFailed: _left,
    events.JobSucceeded: _left,
}
