"""The poller: brings what happens to jobs, wherever they run, into the log.

Each look is safe to be cut off anywhere and to be done twice, by two pollers even: a portion of
news is recorded whole or not at all, against the version of the job's stream that it was read for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from engine import queue, recovery, turns
from engine.errors import LabError
from engine.notifying.telling import Telling
from engine.planning import LOCAL, SCRIPT
from engine.providers.scripts import Scripts
from store import job_status
from store.errors import StoreError, StreamConflictError
from store.leases import DAEMON, POLLER, Lease
from store.queries import jobs as queries
from store.queries.origins import looked_after_elsewhere

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.rounds import Round
    from engine.providers.hosted.schedule import Schedule
    from engine.ticking import Ticking
    from store.queries.jobs import JobSummary

TROUBLES = (LabError, StoreError, OSError)
"""What a look may come upon; the next one may go well."""

_RACES = 5
_TELLING = "telling"
_HEARING_SECONDS = 1.0


class Poller:
    """Looks after the active jobs of a lab.

    Args:
        lab: where the jobs are.
        slots: how many jobs of this machine may run before others have to wait in the queue; as
            many as the settings say if None.
        resumptions: how often an interrupted job goes on by itself; see `engine.recovery`.
    """

    def __init__(self, lab: Lab, slots: int | None = None, resumptions: int = 0) -> None:
        self._lab = lab
        self._slots = slots
        self._resumptions = resumptions
        self._rounds: dict[str, Round] = {}
        self._schedules: dict[str, Schedule] = {}
        self._scripts = Scripts(lab)
        self._stopped = False

    def look(self) -> int:
        """Bring in the news of every active job; return how many events that made.

        Neither a job's trouble nor a slow service keeps the others waiting: trouble is raised when
        all were looked at.

        Raises:
            LabError, StoreError, OSError: the first job's trouble.
        """
        profiles = self.profiles()
        if not profiles:
            return self.look_here()
        looks: list[Callable[[], int]] = [self.look_here]
        looks += [partial(self.look_at_profile, profile) for profile in profiles]
        with ThreadPoolExecutor(len(looks), "look") as threads:
            under_way = [threads.submit(look) for look in looks]
            try:
                wait(under_way)
            except BaseException:
                self.stop()
                raise
        troubles = [error for look in under_way if (error := look.exception()) is not None]
        if troubles:
            raise troubles[0]
        return sum(look.result() for look in under_way)

    def look_here(self) -> int:
        """Bring in the news of the jobs on this machine, then start those whose turn it is.

        See `look`.
        """
        count, trouble = 0, None
        try:
            count += self._scripts.take()
        except TROUBLES as error:
            trouble = error
        back = [*self._returned(), *self._scripts.returned()]
        for job in [*self._active(LOCAL), *self._active(SCRIPT), *back]:
            try:
                count += self.look_at(job)
            except TROUBLES as error:
                trouble = trouble or error
        try:
            count += self._go_on()
        except TROUBLES as error:
            trouble = trouble or error
        if trouble is not None:
            raise trouble
        return count

    def _returned(self) -> list[str]:
        """Return the local jobs that were taken for interrupted, and are not."""
        lost = queries.job_list(
            self._lab.database.reader, status=job_status.INTERRUPTED, provider=LOCAL
        )
        return [job.id for job in lost if self._lab.local.is_back(job)]

    def _go_on(self) -> int:
        """Start the jobs whose turn it is, interrupted ones among them if they may go on."""
        asked = 0
        if self._resumptions:
            asked = recovery.enqueue_interrupted(self._lab, self._resumptions)
        return asked + turns.start_due(self._lab, self._slots)

    def look_at_profile(self, profile: str) -> int:
        """Bring in the news of a hosted service's jobs, many at once; see `look`."""
        return self._round(profile, self._active(profile))

    def look_at_due(self, profile: str, may_look: Callable[[], bool] = lambda: True) -> int:
        """Do the same for the jobs that it is time for, and those that come due meanwhile.

        Args:
            profile: the service.
            may_look: tells whether this is still the process that polls.
        """
        due = partial(self._due, profile)
        return self._round(profile, due(), lambda: due() if may_look() else [])

    def _due(self, profile: str) -> list[str]:
        schedule = self._schedule(profile)
        return [job for job in self._active(profile) if schedule.is_due(job)]

    def _schedule(self, profile: str) -> Schedule:
        from engine.providers.hosted.schedule import Schedule

        return self._schedules.setdefault(profile, Schedule())

    def _round(self, profile: str, jobs: list[str], due: Callable[[], list[str]] = list) -> int:
        from engine.providers.hosted.rounds import Round

        if not jobs:
            return 0
        schedule = self._schedule(profile)
        try:
            found = Round(self._lab, self._lab.hosted(profile), schedule)
        except TROUBLES:
            for job in jobs:
                schedule.failed(job)
            raise
        self._rounds[profile] = found
        return 0 if self._stopped else found.look(jobs, due)

    def stop(self) -> None:
        """Break off the looks at hosted services that other threads are at, for good."""
        self._stopped = True
        for found in list(self._rounds.values()):
            found.stop()

    def is_needed(self) -> bool:
        """Tell whether there is a job of which news may come, in the log or not yet."""
        return bool(self.active_jobs() or self._scripts.waiting())

    def active_jobs(self) -> list[str]:
        """Return the ids of the jobs of which news may come."""
        return self._active(None)

    def profiles(self) -> list[str]:
        """Return the hosted services that have jobs of which news may come."""
        return sorted({job.provider for job in self._looked_after(None)} - {LOCAL, SCRIPT})

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
        if detail.provider == LOCAL and queue.is_unstarted(self._lab, detail):
            return 0
        provider = self._lab.provider(detail.provider)
        news = provider.news(detail)
        return sum(len(self._lab.log.append_all(writes)) for writes in news)


class Polling:
    """A poller on a schedule, which looks only while no other process does.

    Args:
        lab: where the jobs are.
        described: who polls, for the others to read.
        always: claim the lease even while no job is active, and from those who do not: a daemon,
            which was told by somebody how jobs are to be looked after, goes before a dashboard.
        seconds: the time between two looks.
        slots: how many jobs of this machine may run at a time; see `Poller`.
        resumptions: how often an interrupted job goes on by itself; see `Poller`.
        on_trouble: told, in words, when a look fails; None when the next one goes well.
    """

    def __init__(
        self,
        lab: Lab,
        described: str,
        *,
        always: bool = False,
        seconds: float = 1.0,
        slots: int | None = None,
        resumptions: int = 0,
        on_trouble: Callable[[str | None], None] | None = None,
    ) -> None:
        self._poller = Poller(lab, slots, resumptions)
        self._telling = Telling(lab)
        self._lease = Lease(lab.database, POLLER, described)
        self._precedence = Lease(lab.database, DAEMON, described)
        self._always = always
        self._seconds = seconds
        self._on_trouble = on_trouble or (lambda _trouble: None)
        self._ticking: Ticking | None = None
        self._troubles: dict[str, str] = {}

    def look(self) -> int | None:
        """Look once if nobody else polls; return how many events it made, None if somebody does."""
        try:
            due = self._telling.is_due()
        except TROUBLES:
            due = True  # It is raised again below, when all else was done.
        if not (due or self._is_needed()):
            return 0
        if not self._acquire():
            return None
        count, trouble = 0, None
        for step in (self._telling.begin, self._poller.look, self._telling.tell):
            try:
                count += step()
            except TROUBLES as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        return count

    def _is_needed(self) -> bool:
        return self._always or self._poller.is_needed()

    def _may_look(self) -> bool:
        return self._is_needed() and self._acquire()

    def _acquire(self) -> bool:
        """Claim the poller's lease, or give it up to a daemon."""
        if self._always:
            return self._precedence.acquire() and self._lease.acquire()
        if self.daemon() is None:
            return self._lease.acquire()
        self._lease.release()
        return False

    def holder(self) -> str | None:
        """Return who polls at present, in words."""
        return self.daemon() or self._lease.holder()

    def daemon(self) -> str | None:
        """Return which daemon polls, or is about to, in words."""
        return self._precedence.holder()

    def start(self) -> None:
        """Look again and again from threads of its own."""
        from engine.ticking import Ticking

        self._ticking = Ticking(self._seconds)
        self._ticking.call(LOCAL, self._tick)
        self._ticking.call(_TELLING, self._tick_telling)

    def run(self, stopped: threading.Event) -> None:
        """Look again and again until the event is set."""
        self.start()
        # A signal that comes right before a wait without an end would not be heard during it.
        while not stopped.wait(_HEARING_SECONDS):
            pass
        self.stop()

    def _tick(self, provider: str) -> None:
        """Look at the jobs of this machine; give each hosted service that has some its own tick."""
        with self._told(provider):
            if not self._may_look():
                return
            with self._told(_TELLING):
                self._telling.begin()
            if self._ticking is not None:
                for profile in self._poller.profiles():
                    self._ticking.call(profile, self._tick_hosted)
            self._poller.look_here()

    def _tick_hosted(self, profile: str) -> None:
        """Look at a hosted service's jobs: in a thread of its own, so that no slow one matters."""
        with self._told(profile):
            if self._may_look():
                self._poller.look_at_due(profile, self._may_look)

    def _tick_telling(self, name: str) -> None:
        """Tell those outside of what has ended: in a thread of its own, for they may be slow."""
        with self._told(name):
            if self._telling.is_due() and self._acquire():
                self._telling.tell()

    @contextmanager
    def _told(self, provider: str) -> Iterator[None]:
        """Tell of the trouble in the block, and when it is over."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            foreseen = isinstance(error, TROUBLES)
            told = str(error) if foreseen else f"{type(error).__name__}: {error}"
            if self._troubles.get(provider) != told:
                self._troubles[provider] = told
                self._on_trouble(told)
            return
        if self._troubles.pop(provider, None) is not None:
            self._on_trouble(next(iter(self._troubles.values()), None))

    def stop(self) -> None:
        """Finish the look under way, break those at hosted services off, and give the lease up."""
        self._poller.stop()
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            # The last look may have brought in the end that somebody waited for.
            self._tick_telling(_TELLING)
        self._lease.release()
        self._precedence.release()
