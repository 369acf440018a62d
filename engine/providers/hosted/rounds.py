"""A round: the news of many jobs of one service at once, none of them waiting for another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.errors import ProviderError
from engine.providers.hosted import listing, reports
from engine.providers.hosted.reports import Report
from engine.providers.hosted.schedule import Schedule
from store.errors import StreamConflictError
from store.queries import jobs as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.provider import HostedProvider
    from engine.providers.hosted.service import Service
    from store.queries.jobs import JobDetail

_AT_ONCE = 16
"""Jobs that are asked for at the same time; beside them as many that are being submitted."""

_UNTIL_NEXT = 1.0
"""Seconds after which a round that waits for a slow job looks at what has come due meanwhile."""

_PATIENCE = 5.0
"""Seconds after which trouble is left to the next look."""

_FEWEST_TO_LIST = 3
"""So many jobs and more are looked up in the service's list, a page instead of a request each."""


class Round:
    """Looks at hosted jobs of one profile.

    Args:
        lab: where they are recorded.
        provider: their service.
        schedule: remembers when each was looked at.
    """

    def __init__(self, lab: Lab, provider: HostedProvider, schedule: Schedule) -> None:
        self._lab = lab
        self._provider = provider
        self._schedule = schedule
        self._trouble: Exception | None = None
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._stopped = False

    def look(self, jobs: Sequence[str], due: Callable[[], Sequence[str]] = lambda: ()) -> int:
        """Bring in the news of jobs; return how many events that made.

        Args:
            jobs: those to look at.
            due: gives the jobs that have come due by now: while a slow one is waited for, the
                others are looked at again.

        Raises:
            LabError, StoreError, OSError: the first job's trouble, when all were looked at.
        """
        try:
            count = asyncio.run(self._look(jobs, due))
        except asyncio.CancelledError:
            return 0
        finally:
            self._running = None
        if self._trouble is not None:
            raise self._trouble
        return count

    def stop(self) -> None:
        """Break off the look that another thread is at; what it has recorded is whole."""
        self._stopped = True
        if self._running is not None:
            loop, task = self._running
            with suppress(RuntimeError):  # It ended just now.
                loop.call_soon_threadsafe(task.cancel)

    async def _look(self, jobs: Sequence[str], due: Callable[[], Sequence[str]]) -> int:
        if task := asyncio.current_task():
            self._running = asyncio.get_running_loop(), task
        if self._stopped:
            return 0
        self._trouble = None
        # Files may be a long time on their way: who sends them keeps nobody else waiting.
        gates = {True: asyncio.Semaphore(_AT_ONCE), False: asyncio.Semaphore(_AT_ONCE)}
        count = 0
        looks: dict[str, asyncio.Task[int]] = {}
        async with self._provider.open(patience=_PATIENCE) as service, asyncio.TaskGroup() as tasks:
            while True:
                details = self._details(job for job in jobs if job not in looks)
                listed = await self._listed(service, details)
                for job in details:
                    report = listed.get(job.remote_id or "")
                    look = self._look_through(gates[job.remote_id is None], service, job, report)
                    looks[job.id] = tasks.create_task(look)
                await asyncio.wait(looks.values(), timeout=_UNTIL_NEXT)
                ended = [job for job, look in looks.items() if look.done()]
                count += sum(looks.pop(job).result() for job in ended)
                if not looks:
                    return count
                jobs = due()

    def _details(self, jobs: Iterable[str]) -> list[JobDetail]:
        return [queries.job_detail(self._lab.database.reader, job) for job in jobs]

    async def _look_through(
        self, gate: asyncio.Semaphore, service: Service, job: JobDetail, report: Report | None
    ) -> int:
        async with gate:
            return await self._look_at(service, job, report)

    async def _listed(self, service: Service, jobs: Sequence[JobDetail]) -> dict[str, Report]:
        """Return the service's reports of jobs out of its list, as far as that saves requests."""
        wanted = {job.remote_id for job in jobs if job.remote_id and job.requested is None}
        found: dict[str, Report] = {}
        if len(wanted) < _FEWEST_TO_LIST:
            return found
        pages = 0
        try:
            async for page in listing.jobs(service):
                by_id = {reports.text_of(report.get("id")): report for report in page}
                found |= {remote: by_id[remote] for remote in wanted & by_id.keys()}
                pages += 1
                # The list is newest first: beyond this, asking for each is cheaper.
                if len(found) == len(wanted) or pages >= len(wanted) - len(found):
                    break
        except ProviderError:
            # Then each is asked for by itself, and tells its own trouble.
            return found
        return found

    async def _look_at(self, service: Service, job: JobDetail, report: Report | None) -> int:
        count = 0
        try:
            async for writes in self._provider.news_from(service, job, report):
                count += len(self._lab.log.append_all(writes))
        except StreamConflictError:
            # Somebody took the same news first.
            self._schedule.looked(job.id, job.status)
            return count
        except ProviderError as error:
            unreachable = error.kind == "connection"
            self._schedule.failed(job.id, error.retry_after, unreachable=unreachable)
            self._trouble = self._trouble or error
            return count
        except Exception as error:  # noqa: BLE001 - raised in the end: no job spoils the others' look
            self._schedule.failed(job.id)
            self._trouble = self._trouble or error
            return count
        now = queries.job_detail(self._lab.database.reader, job.id)
        self._schedule.looked(job.id, now.status)
        return count
