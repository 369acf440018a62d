"""The poller: brings what happens to jobs, wherever they run, into the log.

Each look is safe to be cut off anywhere and to be done twice, by two pollers even: a portion of
news is recorded whole or not at all, against the version of the job's stream that it was read for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import LabError
from engine.planning import LOCAL
from store import job_status
from store.errors import StoreError, StreamConflictError
from store.leases import Lease
from store.queries import jobs as queries
from store.queries.origins import looked_after_elsewhere

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler

    from engine.lab import Lab
    from engine.providers.hosted.rounds import Round
    from engine.providers.hosted.schedule import Schedule
    from store.queries.jobs import JobSummary

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
        self._rounds: dict[str, Round] = {}
        self._schedules: dict[str, Schedule] = {}

    def look(self) -> int:
        """Bring in the news of every active job; return how many events that made.

        One job's trouble does not keep the others waiting: it is raised when all were looked at.

        Raises:
            LabError, StoreError, OSError: the first job's trouble.
        """
        count, trouble = 0, None
        looks: list[Callable[[], int]] = [self.look_here]
        looks += [partial(self.look_at_profile, profile) for profile in self.profiles()]
        for look in looks:
            try:
                count += look()
            except TROUBLES as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return count

    def look_here(self) -> int:
        """Bring in the news of the jobs on this machine; see `look`."""
        count, trouble = 0, None
        for job in self._active(LOCAL):
            try:
                count += self.look_at(job)
            except TROUBLES as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return count

    def look_at_profile(self, profile: str, *, due_only: bool = False) -> int:
        """Bring in the news of a hosted service's jobs, many at once; see `look`.

        Args:
            profile: the service.
            due_only: whether only the jobs that it is time for are looked at.
        """
        from engine.providers.hosted.rounds import Round
        from engine.providers.hosted.schedule import Schedule

        schedule = self._schedules.setdefault(profile, Schedule())
        jobs = self._active(profile)
        if due_only:
            jobs = [job for job in jobs if schedule.is_due(job)]
        if not jobs:
            return 0
        try:
            found = Round(self._lab, self._lab.hosted(profile), schedule)
        except TROUBLES:
            for job in jobs:
                schedule.failed(job)
            raise
        self._rounds[profile] = found
        return found.look(jobs)

    def stop(self) -> None:
        """Break off the looks at hosted services that other threads are at."""
        for found in list(self._rounds.values()):
            found.stop()

    def active_jobs(self) -> list[str]:
        """Return the ids of the jobs of which news may come."""
        return self._active(None)

    def profiles(self) -> list[str]:
        """Return the hosted services that have jobs of which news may come."""
        return sorted({job.provider for job in self._looked_after(None)} - {LOCAL})

    def _active(self, provider: str | None) -> list[str]:
        return [job.id for job in self._looked_after(provider)]

    def _looked_after(self, provider: str | None) -> list[JobSummary]:
        """Return the active jobs that are this lab's to look after."""
        reader = self._lab.database.reader
        found = [
            queries.job_list(reader, status=status, provider=provider)
            for status in job_status.ACTIVE
        ]
        active = [job for jobs in found for job in jobs]
        elsewhere = set(looked_after_elsewhere(reader)) if active else set()
        return [job for job in active if job.id not in elsewhere]

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
        self._troubles: dict[str, str] = {}

    def look(self) -> int | None:
        """Look once if nobody else polls; return how many events it made, None if somebody does."""
        if not self._always and not self._poller.active_jobs():
            return 0
        return self._poller.look() if self._lease.acquire() else None

    def _may_look(self) -> bool:
        return (self._always or bool(self._poller.active_jobs())) and self._lease.acquire()

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

        # A look that takes longer than the interval is no trouble, and troubles are told by us.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

        self._scheduler = scheduler
        self._every_second(scheduler, self._tick, LOCAL)
        scheduler.start()

    def _every_second(
        self, scheduler: BaseScheduler, tick: Callable[[str], None], provider: str
    ) -> None:
        from datetime import UTC, datetime

        scheduler.add_job(
            tick,
            "interval",
            [provider],
            id=provider,
            seconds=self._seconds,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def _tick(self, provider: str) -> None:
        """Look at the jobs of this machine; give each hosted service that has some its own tick."""
        with self._told(provider):
            if not self._may_look():
                return
            for profile in self._poller.profiles():
                scheduler = self._scheduler
                if scheduler is not None and scheduler.get_job(profile) is None:
                    self._every_second(scheduler, self._tick_hosted, profile)
            self._poller.look_here()

    def _tick_hosted(self, profile: str) -> None:
        """Look at a hosted service's jobs: in a thread of its own, so that no slow one matters."""
        with self._told(profile):
            if self._may_look():
                self._poller.look_at_profile(profile, due_only=True)

    @contextmanager
    def _told(self, provider: str) -> Iterator[None]:
        """Tell of the trouble in the block, and when it is over."""
        try:
            yield
        except TROUBLES as error:
            self._troubles[provider] = str(error)
            self._on_trouble(str(error))
            return
        if self._troubles.pop(provider, None) is not None:
            self._on_trouble(next(iter(self._troubles.values()), None))

    def stop(self) -> None:
        """Finish the look under way, break those at hosted services off, and give the lease up."""
        self._poller.stop()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        self._lease.release()
