"""Going on by themselves with jobs that were interrupted, as a daemon does that was told to.

A machine that restarts takes its training processes with it. Their jobs become `interrupted`, and
are put back into the queue from here, at its front, as if somebody had asked for it: slots,
checkpoints and the promise to start each attempt once are the queue's. What was cancelled or has
failed, what another machine trained, and what another lab looks after is left alone, and so is what
was interrupted more than a week ago, since somebody will have seen it.

A job may go on by itself so many times in all after a person last started or resumed it, with
longer and longer pauses; then it is left, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from store import job_status, times
from store.errors import StreamConflictError
from store.queries import jobs, queue, resumptions
from store.queries.origins import began_elsewhere

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.log import Entry
    from store.queries.jobs import JobDetail
    from store.queries.resumptions import Decision

AT_MOST = 3
"""How often a job goes on by itself unless something else is said."""

_OLDEST = timedelta(days=7)
_PAUSE = timedelta(seconds=30)
"""Before the second resumption; there is none before the first, and twice as much each time."""

_LONGEST_PAUSE = timedelta(minutes=30)
_LOG_LINE = "; the last line of its log"


def enqueue_interrupted(lab: Lab, at_most: int) -> int:
    """Put the interrupted jobs that may go on by themselves into the queue.

    Args:
        lab: where they are.
        at_most: how often each may.

    Returns:
        How many events that made.
    """
    reader = lab.database.reader
    found = resumptions.stopped(reader, times.to_text(times.now() - _OLDEST))
    # Each goes to the front: the one that was planned first is put there last.
    return sum(_look_at(lab, jobs.job_detail(reader, job), at_most) for job in reversed(found))


def _look_at(lab: Lab, job: JobDetail, at_most: int) -> int:
    reader = lab.database.reader
    last = resumptions.decision(reader, job.id)
    if not _was_interrupted(job, last) or not _is_of_here(lab, job):
        return 0
    if last.automatic >= at_most:
        return _leave(lab, job, last)
    if last.automatic and _seconds_since_end(job) < _pause(last.automatic).total_seconds():
        return 0
    return _enqueue(lab, job, last.automatic + 1, at_most)


def _was_interrupted(job: JobDetail, last: Decision) -> bool:
    """Tell whether a job stopped with nobody to blame: also one that could not go on by itself."""
    if job.status == job_status.INTERRUPTED:
        return True
    return last.automatic > 0 and not last.started


def _is_of_here(lab: Lab, job: JobDetail) -> bool:
    """Tell whether a job was trained by this lab on this machine, and by no process any more.

    False if that is not known.
    """
    from engine.training.process import is_alive, read_identity, was_on_this_machine

    run = lab.places.run(job.id)
    identity = read_identity(run)
    if identity is None or not was_on_this_machine(identity) or is_alive(run).alive:
        return False
    return not began_elsewhere(lab.database.reader, job.id)


def _seconds_since_end(job: JobDetail) -> float:
    if job.ended_at is None:
        return float("inf")
    passed = (times.now() - times.from_text(job.ended_at)).total_seconds()
    # An end in the future was told by a clock that was set back since.
    return passed if passed >= 0 else float("inf")


def _pause(resumptions_so_far: int) -> timedelta:
    """Return how long a job rests: one that stops at once should not keep the machine busy."""
    doublings = min(resumptions_so_far - 1, 16)
    return min(_PAUSE * (1 << doublings), _LONGEST_PAUSE)


def _enqueue(lab: Lab, job: JobDetail, number: int, at_most: int) -> int:
    from store.events import JobMovedInQueue, JobQueued
    from store.log import Entry

    reason = (job.reason or "it stopped").partition(_LOG_LINE)[0]
    queued = JobQueued(reason=reason, automatic=number, at_most=at_most)
    first = [Entry(JobMovedInQueue(to="first"))] if queue.waiting(lab.database.reader) else []
    return _record(lab, job, [Entry(queued), *first])


def _leave(lab: Lab, job: JobDetail, last: Decision) -> int:
    """Record, once, that a job is left as it is; nothing of one that never went on by itself."""
    from store.events import JobMessageReceived
    from store.log import Entry

    if not last.automatic:
        return 0
    often = _how_often(last.automatic)
    text = (
        f"it is left as it is: it went on by itself {often}, which is the most. "
        f"`ftlab jobs resume {job.name}` goes on with it"
    )
    message = JobMessageReceived(level="warning", text=text)
    return _record(lab, job, [Entry(message, key=f"left:{last.version}")])


def _how_often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _record(lab: Lab, job: JobDetail, decided: Sequence[Entry]) -> int:
    """Record a decision about a job as it was when it was looked at."""
    try:
        return len(lab.log.append(f"job/{job.id}", *decided, expected=job.version))
    except StreamConflictError:
        return 0  # Somebody else acted on it: the next look sees what is left to do.
