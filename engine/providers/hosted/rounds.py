"""A round: the news of many jobs of one service at once, none of them waiting for another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.errors import LabError, ProviderError
from engine.providers.hosted import listing, reports
from engine.providers.hosted.reports import Report
from engine.providers.hosted.schedule import Schedule
from store.errors import StoreError, StreamConflictError
from store.queries import jobs as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.provider import HostedProvider
    from engine.providers.hosted.service import Service
    from store.queries.jobs import JobDetail

_AT_ONCE = 16
"""Jobs that are asked for at the same time."""

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

    def look(self, jobs: Sequence[str]) -> int:
        """Bring in the news of jobs; return how many events that made.

        Raises:
            LabError, StoreError, OSError: the first job's trouble, when all were looked at.
        """
        try:
            count = asyncio.run(self._look(jobs))
        except asyncio.CancelledError:
            return 0
        finally:
            self._running = None
        if self._trouble is not None:
            raise self._trouble
        return count

    def stop(self) -> None:
        """Break off the look that another thread is at; what it has recorded is whole."""
        if self._running is not None:
            loop, task = self._running
            loop.call_soon_threadsafe(task.cancel)

    async def _look(self, jobs: Sequence[str]) -> int:
        if task := asyncio.current_task():
            self._running = asyncio.get_running_loop(), task
        self._trouble = None
        gate = asyncio.Semaphore(_AT_ONCE)
        details = [queries.job_detail(self._lab.database.reader, job) for job in jobs]
        async with self._provider.open(patience=5.0) as service:
            listed = await self._listed(service, details)

            async def one(job: JobDetail) -> int:
                async with gate:
                    return await self._look_at(service, job, listed.get(job.remote_id or ""))

            return sum(await asyncio.gather(*map(one, details)))

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
            self._schedule.failed(job.id, error.retry_after)
            self._trouble = self._trouble or error
            return count
        except (LabError, StoreError, OSError) as error:
            self._schedule.failed(job.id)
            self._trouble = self._trouble or error
            return count
        now = queries.job_detail(self._lab.database.reader, job.id)
        self._schedule.looked(job.id, now.status)
        return count
