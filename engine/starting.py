"""Doing what was recorded as intended: a local job's process is started, and that is recorded."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.errors import LabError
from store.errors import StoreError

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.jobs import JobDetail

CANNOT = (OSError, LabError, StoreError, ValueError)
"""What starting a process may come upon."""

_PASSING = frozenset(
    (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EMFILE,
        errno.ENFILE,
    )
)
"""What the machine says that is full at present: no fault of the job."""


def passes(error: Exception) -> bool:
    """Tell whether trouble is the machine's and goes by: a waiting job need not fail of it."""
    return isinstance(error, OSError) and error.errno in _PASSING


def act(lab: Lab, job: JobDetail, start: Callable[[], str]) -> None:
    """Start a job's process, and record that it was started or why it failed.

    Raises:
        LabError: if it could not be started.
    """
    try:
        pid = start()
    except CANNOT as error:
        raise failed(lab, job, error) from error
    record_process(lab, job, pid)


def record_process(lab: Lab, job: JobDetail, pid: str) -> int:
    """Record which process an attempt is, once; return how many events that made."""
    from store.events import JobSubmitted
    from store.log import Entry

    submitted = Entry(JobSubmitted(remote_id=pid), key=f"attempt:{job.attempt}")
    return len(lab.log.append(f"job/{job.id}", submitted))


def failed(lab: Lab, job: JobDetail, error: Exception) -> LabError:
    """Record that a job could not be started; return the same in words."""
    from store.events import JobFailed

    lab.log.append(f"job/{job.id}", JobFailed(error=f"it could not be started: {error}"))
    return LabError(f"{job.name} could not be started: {error}")
