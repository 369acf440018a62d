"""Whose turn it is in the queue: jobs are started as slots come free, each exactly once.

That holds wherever the process that starts one is killed. That process holds the lock of the job's
run folder from before the decision is recorded until the training process, which inherits the lock,
is recorded. Whoever comes upon a job whose turn has come, but which has no recorded process,
therefore knows: if the lock is free, there is no process and will be none, unless one has said in
the folder who it was; if it is not, somebody is at it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import LabError
from engine.gpus import freest, gpus
from engine.queue import slots, width
from engine.starting import CANNOT, failed, passes, record_process
from store import queue_state
from store.errors import StoreError, StreamConflictError
from store.queries import jobs as job_queries
from store.queries import queue as queries
from store.queries import resumptions

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import Fact
    from store.queries.jobs import JobDetail
    from store.queries.queue import QueueRow


def start_due(lab: Lab, most: int | None = None) -> int:
    """Start the waiting jobs for which there are slots; return how many events that made.

    Args:
        lab: where they wait.
        most: how many slots there are; those of the settings if None; with 0 none of them starts.

    Raises:
        LabError, StoreError, OSError: the trouble of the first job that had any, when the others
            were looked after.
    """
    trouble: Exception | None = None
    count = 0
    for row in queries.starting(lab.database.reader):
        try:
            count += _go_on(lab, row)
        except (LabError, StoreError, OSError) as error:
            trouble = trouble or error
    for row in queries.waiting(lab.database.reader):
        allowed = slots(lab) if most is None else most
        if not _has_room(lab, row, allowed):
            break
        try:
            count += _take(lab, row, allowed)
        except (LabError, StoreError, OSError) as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return count


def _has_room(lab: Lab, row: QueueRow, allowed: int) -> bool:
    """Tell whether there are slots for a job now; one that wants more than there are runs alone."""
    taken = queries.slots_taken(lab.database.reader)
    if not taken:
        return allowed > 0
    detail = job_queries.job_detail(lab.database.reader, row.job)
    return sum(map(width, taken)) + width(detail) <= allowed


def _devices(lab: Lab, detail: JobDetail, allowed: int) -> tuple[str, ...]:
    """Return the GPUs that a job should have for itself, as far as there are any to share."""
    there = gpus() if allowed > 1 else ()
    if len(there) < 2:
        return ()
    held: Counter[str] = Counter()
    for row in queries.slots_taken(lab.database.reader):
        # A process that was told nothing computes on the first ones.
        held.update(row.devices or there[: width(row)])
    return freest(there, held, width(detail))


def _take(lab: Lab, row: QueueRow, allowed: int) -> int:
    """Start a waiting job, unless somebody else acts on it or its last process is still ending."""
    from store.events import JobTakenFromQueue

    with _claimed(_run(lab, row)) as lock:
        detail = _standing(lab, row)
        if lock is None or detail is None:
            return 0
        decided: list[Fact] = [JobTakenFromQueue(devices=_devices(lab, detail, allowed))]
        try:
            if row.attempt > detail.attempt:
                decided.append(_resumption(lab, row, lab.local.resumable_step(detail)))
        except CANNOT as error:
            raise _stopped_by(lab, detail, error) from error
        # Looking at data and checkpoints may have taken so long that somebody else polls by now.
        if not _has_room(lab, row, allowed):
            return 0
        try:
            lab.log.append(f"job/{row.job}", *decided, expected=detail.version)
        except StreamConflictError:
            return 0
        return len(decided) + _begin(lab, row.job, lock)


def _resumption(lab: Lab, row: QueueRow, step: int) -> Fact:
    """Return that a waiting job goes on after a step, and why if it does so by itself."""
    from store.events import JobResumed

    asked = resumptions.decision(lab.database.reader, row.job)
    return JobResumed(
        attempt=row.attempt,
        from_step=step,
        reason=asked.reason,
        automatic=asked.automatic or None,
        at_most=asked.at_most,
    )


def _go_on(lab: Lab, row: QueueRow) -> int:
    """Finish what another process began with a job whose turn had come."""
    with _claimed(_run(lab, row)) as lock:
        return _begin(lab, row.job, lock)


def _begin(lab: Lab, job: str, lock: int | None) -> int:
    """Start the process of a job whose turn has come, or record the one that was started already.

    There may be one that nobody here knows of: a copy of this database may have been polled.

    Args:
        lab: where it is.
        job: its id.
        lock: the descriptor that holds its run folder; None if somebody else holds it.
    """
    from engine.training.process import read_identity
    from store.events import JobCancelled

    entry = queries.entry(lab.database.reader, job)
    if entry is None or entry.state != queue_state.STARTING:
        return 0
    detail = job_queries.job_detail(lab.database.reader, job)
    identity = read_identity(lab.places.run(job))
    if identity is not None and identity.attempt >= entry.attempt:
        return record_process(lab, detail, str(identity.pid))
    if lock is None:
        return 0
    if detail.requested == "cancel":
        return len(lab.log.append(f"job/{job}", JobCancelled()))

    try:
        pid = _start(lab, detail, entry.devices, lock)
    except CANNOT as error:
        raise _stopped_by(lab, detail, error) from error
    return record_process(lab, detail, pid)


def _start(lab: Lab, job: JobDetail, devices: tuple[str, ...], lock: int) -> str:
    if job.attempt == 1:
        return lab.local.submit(job, devices, lock)
    return lab.local.resume(job, job.step, devices, lock)


def _stopped_by(lab: Lab, job: JobDetail, error: Exception) -> LabError:
    """Return why a job could not be started; record its failure unless the next look may do it."""
    if passes(error):
        return LabError(f"{job.name} could not be started yet: {error}")
    return failed(lab, job, error)


def _standing(lab: Lab, row: QueueRow) -> JobDetail | None:
    """Return a job if it still waits, now that nobody else can start it."""
    entry = queries.entry(lab.database.reader, row.job)
    if entry is None or entry.state != queue_state.WAITING:
        return None
    return job_queries.job_detail(lab.database.reader, row.job)


def _run(lab: Lab, row: QueueRow) -> Path:
    run = lab.places.run(row.job)
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    return run


@contextmanager
def _claimed(run: Path) -> Iterator[int | None]:
    """Hold a run folder while the block runs; None if somebody else does."""
    from engine.training.process import AlreadyTrainingError, hold_lock

    try:
        lock = hold_lock(run)
    except AlreadyTrainingError:
        yield None
        return
    try:
        yield lock
    finally:
        os.close(lock)
