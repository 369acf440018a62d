"""When to look at which hosted job again: seconds while it runs, minutes while it waits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from store import job_status

_SECONDS = {
    job_status.PLANNED: 5.0,
    job_status.VALIDATING: 15.0,
    job_status.RUNNING: 10.0,
    job_status.QUEUED: 60.0,
    job_status.PAUSED: 300.0,
}
_USUAL = 60.0
_LONGEST = 600.0
_LONGEST_UNREACHABLE = 60.0
"""Whoever has been offline for hours shall not wait for news any longer than that."""
_JITTER = 0.2


@dataclass(slots=True)
class _Due:
    """When a job is looked at next, and how often that has gone wrong in a row."""

    at: float = 0.0
    failures: int = 0


class Schedule:
    """Remembers for each job when it was looked at.

    Args:
        clock: seconds that only go forward.
        draw: gives numbers from 0 to 1, so that many jobs do not come due together.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._draw = draw
        self._jobs: dict[str, _Due] = {}

    def is_due(self, job: str) -> bool:
        """Tell whether it is time to look at a job; one never seen is due at once."""
        return self._jobs.setdefault(job, _Due()).at <= self._clock()

    def looked(self, job: str, status: str) -> None:
        """Note that a job was looked at and how it stands; an ended one is forgotten."""
        if status in job_status.ENDED:
            self._jobs.pop(job, None)
            return
        self._jobs[job] = _Due(self._after(_SECONDS.get(status, _USUAL)))

    def failed(self, job: str, wait: float | None = None, *, unreachable: bool = False) -> None:
        """Note that looking at a job went wrong.

        Args:
            job: the job.
            wait: seconds that the service asks to wait, if it does.
            unreachable: whether no question came through to the service, which so had no work.
        """
        longest = _LONGEST_UNREACHABLE if unreachable else _LONGEST
        failures = self._jobs.get(job, _Due()).failures + 1
        seconds = min(longest, _SECONDS[job_status.RUNNING] * 2 ** min(failures - 1, 10))
        at = self._after(seconds)
        self._jobs[job] = _Due(max(at, self._clock() + (wait or 0.0)), failures)

    def _after(self, seconds: float) -> float:
        return self._clock() + seconds * (1 - _JITTER + 2 * _JITTER * self._draw())
