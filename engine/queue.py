"""The queue of this machine: jobs that start one after another, as slots come free.

A job is started exactly once, wherever the process that starts it is killed. That process holds the
lock of the job's run folder from before the decision is recorded until the training process, which
inherits the lock, is recorded. Whoever comes upon a job whose turn has come, but which has no
recorded process, therefore knows: if the lock is free, there is no process and will be none, unless
one has said in the folder who it was; if it is not, somebody is at it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import JobStateError, LabError, RequestError
from engine.gpus import freest, gpus
from engine.starting import CANNOT, act, failed, record_process
from store import queue_state
from store.errors import StoreError, StreamConflictError
from store.queries import jobs as job_queries
from store.queries import queue as queries
from store.queries import resumptions

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import Fact
    from store.queries.jobs import JobDetail
    from store.queries.queue import QueueRow, SlotRow

Place = Literal["first", "last", "before"]


def enqueue(lab: Lab, job: str, priority: int = 0) -> None:
    """Have a job that stopped without a result go on when it is its turn; see `jobs.resume`."""
    from engine import jobs

    jobs.resume(lab, job, priority=priority)


def move(lab: Lab, reference: str, to: Place, before: str | None = None) -> None:
    """Give a waiting job another place.

    Args:
        lab: where it waits.
        reference: the job.
        to: the front, the end, or right before another one.
        before: the other one.

    Raises:
        JobStateError: if one of the two does not wait.
        RequestError: if they are the same.
    """
    from store.events import JobMovedInQueue

    detail = _waiting(lab, reference)
    other = None if before is None else _waiting(lab, before)
    if other is not None and other.id == detail.id:
        raise RequestError(f"{detail.name} cannot be moved before itself")
    _decide(lab, detail, JobMovedInQueue(to=to, before=other and other.id))


def set_priority(lab: Lab, reference: str, priority: int) -> None:
    """Give a waiting job another priority; higher ones come first.

    Raises:
        JobStateError: if it does not wait.
    """
    from store.events import JobPriorityChanged

    _decide(lab, _waiting(lab, reference), JobPriorityChanged(priority=priority))


def withdraw(lab: Lab, detail: JobDetail) -> bool:
    """Take a job out of the queue for good if it waits there; tell whether it did."""
    from store.events import JobCancelled, JobCancelRequested

    entry = queries.entry(lab.database.reader, detail.id)
    if entry is None or entry.state != queue_state.WAITING:
        return False
    _decide(lab, detail, JobCancelRequested(), JobCancelled())
    return True


def is_unstarted(lab: Lab, detail: JobDetail) -> bool:
    """Tell whether a job waits or its process is not recorded yet: nobody may call it lost."""
    entry = queries.entry(lab.database.reader, detail.id)
    return entry is not None and entry.state != queue_state.STARTED


def slots(lab: Lab) -> int:
    """Return how many jobs of this machine may run at a time, by the settings."""
    from engine.config.settings import Settings

    return Settings.read(lab.places).slots.value


def free_slots(lab: Lab, most: int | None = None) -> int:
    """Return how many slots are free.

    Args:
        lab: whose jobs count, those too that were started by hand.
        most: how many there are; those of the settings if None.
    """
    taken = queries.slots_taken(lab.database.reader)
    return max(0, (slots(lab) if most is None else most) - sum(map(width, taken)))


def width(job: SlotRow | JobDetail) -> int:
    """Return how many slots a job takes: one, or as many as it has processes."""
    devices = json.loads(job.hyperparameters_json).get("devices")
    return devices if isinstance(devices, int) and devices > 1 else 1


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
        detail = job_queries.job_detail(lab.database.reader, row.job)
        taken = queries.slots_taken(lab.database.reader)
        # One that wants more than there are runs alone.
        is_alone = allowed > 0 and not taken
        if not is_alone and sum(map(width, taken)) + width(detail) > allowed:
            break
        try:
            count += _take(lab, row, _devices(taken, width(detail)) if allowed > 1 else ())
        except (LabError, StoreError, OSError) as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return count


def _devices(taken: list[SlotRow], count: int) -> tuple[str, ...]:
    """Return the GPUs that a job should have for itself, as far as there are any to share."""
    there = gpus()
    if len(there) < 2:
        return ()
    held: Counter[str] = Counter()
    for row in taken:
        # A process that was told nothing computes on the first ones.
        held.update(row.devices or there[: width(row)])
    return freest(there, held, count)


def _take(lab: Lab, row: QueueRow, devices: tuple[str, ...]) -> int:
    """Start a waiting job, unless somebody else acts on it or its last process is still ending."""
    from store.events import JobTakenFromQueue

    with _claimed(_run(lab, row)) as lock:
        detail = _standing(lab, row)
        if lock is None or detail is None:
            return 0
        decided: list[Fact] = [JobTakenFromQueue(devices=devices)]
        try:
            if row.attempt > detail.attempt:
                decided.append(_resumption(lab, row, lab.local.resumable_step(detail)))
        except CANNOT as error:
            raise failed(lab, detail, error) from error
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

    def start() -> str:
        if detail.attempt == 1:
            return lab.local.submit(detail, entry.devices, lock)
        return lab.local.resume(detail, detail.step, entry.devices, lock)

    act(lab, detail, start)
    return 1


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


def _waiting(lab: Lab, reference: str) -> JobDetail:
    detail = job_queries.job_detail(lab.database.reader, reference)
    if queries.place(lab.database.reader, detail.id) is None:
        raise JobStateError(
            f"{detail.name} is {detail.status} and does not wait: `ftlab queue` lists what does"
        )
    return detail


def _decide(lab: Lab, detail: JobDetail, *facts: Fact) -> None:
    """Record what somebody wants of a waiting job, as it was when they looked."""
    try:
        lab.log.append(f"job/{detail.id}", *facts, expected=detail.version)
    except StreamConflictError:
        raise JobStateError(f"somebody else acted on {detail.name} just now: look again") from None
