"""The poller: brings what happens to jobs, wherever they run, into the log.

Each look is safe to be cut off anywhere and to be done twice, by two pollers even: a portion of
news is recorded whole or not at all, against the version of the job's stream that it was read for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.errors import LabError
from store import job_status
from store.errors import StoreError, StreamConflictError
from store.leases import Lease
from store.queries import jobs as queries

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler

    from engine.lab import Lab

LEASE = "poller"
TROUBLES = (LabError, StoreError, OSError)
"""What a look may come upon; the next one may go well."""

_RACES = 5


class Poller:
    """Looks after the active jobs of a lab.

    Args:
        lab: where the jobs are.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def look(self) -> int:
        """Bring in the news of every active job; return how many events that made.

        One job's trouble does not keep the others waiting: it is raised when all were looked at.

        Raises:
            LabError, StoreError, OSError: the first job's trouble.
        """
        count, trouble = 0, None
        for job in self.active_jobs():
            try:
                count += self.look_at(job)
            except TROUBLES as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return count

    def active_jobs(self) -> list[str]:
        """Return the ids of the jobs of which news may come."""
        reader = self._lab.database.reader
        summaries = (queries.job_list(reader, status=status) for status in job_status.ACTIVE)
        return [job.id for found in summaries for job in found]

    def look_at(self, job: str) -> int:
        """Bring in the news of one job; return how many events that made."""
        for _ in range(_RACES):
            try:
                return self._take(job)
            except StreamConflictError:
                continue  # Somebody took the same news first: look from where they left off.
        return 0

    def _take(self, job: str) -> int:
        detail = queries.job_detail(self._lab.database.reader, job)
        provider = self._lab.provider(detail.provider)
        news = provider.news(detail)
        return sum(len(self._lab.log.append_all(writes)) for writes in news)


class Polling:
    """A poller on a schedule, which looks only while no other process does.

    Args:
        lab: where the jobs are.
        described: who polls, for the others to read.
        always: claim the lease even while no job is active (a daemon does).
        seconds: the time between two looks.
        on_trouble: told, in words, when a look fails; None when the next one goes well.
    """

    def __init__(
        self,
        lab: Lab,
        described: str,
        *,
        always: bool = False,
        seconds: float = 1.0,
        on_trouble: Callable[[str | None], None] | None = None,
    ) -> None:
        self._poller = Poller(lab)
        self._lease = Lease(lab.database, LEASE, described)
        self._always = always
        self._seconds = seconds
        self._on_trouble = on_trouble or (lambda _trouble: None)
        self._scheduler: BaseScheduler | None = None
        self._troubled = False

    def look(self) -> int | None:
        """Look once if nobody else polls; return how many events it made, None if somebody does."""
        if not self._always and not self._poller.active_jobs():
            return 0
        return self._poller.look() if self._lease.acquire() else None

    def holder(self) -> str | None:
        """Return who polls at present, in words."""
        return self._lease.holder()

    def start(self) -> None:
        """Look again and again from a thread of its own."""
        from apscheduler.schedulers.background import BackgroundScheduler

        self._run(BackgroundScheduler(daemon=True, timezone="UTC"))

    def run(self, stopped: threading.Event) -> None:
        """Look again and again until the event is set."""
        self.start()
        stopped.wait()
        self.stop()

    def _run(self, scheduler: BaseScheduler) -> None:
        import logging
        from datetime import UTC, datetime

        # A look that takes longer than the interval is no trouble, and troubles are told by us.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

        self._scheduler = scheduler
        scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        scheduler.start()

    def _tick(self) -> None:
        try:
            self.look()
        except TROUBLES as error:
            self._troubled = True
            self._on_trouble(str(error))
            return
        if self._troubled:
            self._troubled = False
            self._on_trouble(None)

    def stop(self) -> None:
        """Finish the look under way and give the lease up."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        self._lease.release()
