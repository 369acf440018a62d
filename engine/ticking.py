"""Doing things again and again from threads of one's own, whatever the machine's clock does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

_MOST_THREADS = 64
"""Each that waits for a slow service keeps one."""


class Ticking:
    """Calls functions at intervals, each in a thread of its own.

    A call that takes longer than the interval is no trouble: the next one comes when it is done.

    Args:
        seconds: the interval.
    """

    def __init__(self, seconds: float) -> None:
        # A call that is missed, and what goes wrong in one, is the caller's to tell.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._seconds = seconds
        self._names: set[str] = set()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_MOST_THREADS, "ticking")
        self._scheduler = _Steady(
            daemon=True, timezone="UTC", executors={"default": _Threads(self._threads)}
        )
        self._scheduler.start()

    def call(self, name: str, tick: Callable[[str], None]) -> None:
        """Call a function with a name from now on; one that is called already stays as it is."""
        with self._lock:
            if name in self._names:
                return
            self._names.add(name)
        self._scheduler.add_job(
            tick,
            _Pause(self._seconds),
            [name],
            id=name,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def stop(self) -> None:
        """Call nothing any more, and wait for the calls under way."""
        # The scheduler itself would wait while it holds a lock that `call` needs.
        self._scheduler.shutdown(wait=False)
        self._threads.shutdown(wait=True)


class _Threads(BasePoolExecutor):  # type: ignore[misc]
    """Runs calls in threads that are waited for by whoever made them."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        super().__init__(pool)


class _Pause(BaseTrigger):  # type: ignore[misc]
    """Comes due an interval from now, not from a time by a clock that may have been set since."""

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + self._pause


class _Steady(BackgroundScheduler):  # type: ignore[misc]
    """Goes on at once when the clock is set back; else it would sleep until the old time is met."""

    _latest = datetime.min.replace(tzinfo=UTC)

    def _process_jobs(self) -> float | None:
        now = datetime.now(UTC)
        if now < self._latest:
            for job in self.get_jobs():
                job.modify(next_run_time=now)
        self._latest = now
        wait: float | None = super()._process_jobs()
        return wait
