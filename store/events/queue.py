"""Facts about waiting: the queue of jobs of this machine."""

from __future__ import annotations

from typing import Literal

from store.events.fact import Fact


class JobQueued(Fact):
    """Somebody asked for a job, or for going on with one, as soon as it is its turn.

    It waits behind all others of its `priority`; those with a higher one come first. `reason`,
    `automatic` and `at_most` are those of `JobResumed`, if the job asked by itself.
    """

    type_name = "JobQueued"
    priority: int = 0
    reason: str | None = None
    automatic: int | None = None
    at_most: int | None = None


class JobMovedInQueue(Fact):
    """Somebody gave a waiting job another place: `first`, `last`, or right before another job.

    It takes over the priority that belongs there.
    """

    type_name = "JobMovedInQueue"
    to: Literal["first", "last", "before"]
    before: str | None = None


class JobPriorityChanged(Fact):
    """Somebody gave a waiting job another priority; among its new equals the order stays."""

    type_name = "JobPriorityChanged"
    priority: int


class JobTakenFromQueue(Fact):
    """It is a waiting job's turn; committed before its process is started.

    `devices` are the GPUs that are set aside for it, by their UUIDs; none means that it sees
    whatever the machine has.
    """

    type_name = "JobTakenFromQueue"
    devices: tuple[str, ...] = ()
