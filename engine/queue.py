"""The queue of this machine: jobs that wait, their order, and how many may run at a time.

Who starts them: `engine.turns`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from engine.errors import JobStateError, RequestError
from store import queue_state
from store.errors import StreamConflictError
from store.queries import jobs as job_queries
from store.queries import queue as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import Fact
    from store.queries.jobs import JobDetail
    from store.queries.queue import SlotRow

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


def _waiting(lab: Lab, reference: str) -> JobDetail:
    detail = job_queries.job_detail(lab.database.reader, reference)
    if queries.place(lab.database.reader, detail.id) is None:
        raise JobStateError(
            f"{detail.name} is {detail.status} and does not wait here: `ftlab queue` lists what "
            "does"
        )
    return detail


def _decide(lab: Lab, detail: JobDetail, *facts: Fact) -> None:
    """Record what somebody wants of a waiting job, as it was when they looked."""
    try:
        lab.log.append(f"job/{detail.id}", *facts, expected=detail.version)
    except StreamConflictError:
        raise JobStateError(f"somebody else acted on {detail.name} just now: look again") from None
