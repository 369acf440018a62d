"""Rescuing a service's history: every job with all that it left behind, into the log.

It can be broken off anywhere and run again, daily if one likes: what is here already is not asked
for again, beyond the pages that list the jobs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.errors import LabError, ProviderError
from engine.providers.hosted import listing, reports
from engine.providers.hosted.following import Following
from engine.providers.hosted.reports import Report
from engine.rescue.files import Files
from engine.rescue.harvest import Harvest
from engine.rescue.models import Models
from store import job_status
from store.errors import NotFoundError, StoreError, StreamConflictError
from store.events import Fact, HistoryImported, HistoryImportStarted, JobDataFound, JobSubmitted
from store.events.hosted import FileRole
from store.ids import id_of
from store.log import Entry, Write
from store.queries.hosted import jobs_at, result_files
from store.queries.jobs import JobDetail, job_detail

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.provider import HostedProvider
    from engine.providers.hosted.service import Service

_AT_ONCE = 8
_PATIENCE = 600.0
"""Seconds that a question may wait for a service that asks to be left alone."""

_ROLES: tuple[tuple[FileRole, str], ...] = (
    ("training", "training_file"),
    ("validation", "validation_file"),
)

Progress = Callable[[int, int, Harvest], None]
"""Told of jobs done, jobs in all, and what has been brought in."""


def rescue(
    lab: Lab,
    provider: HostedProvider,
    *,
    files: bool = True,
    progress: Progress | None = None,
) -> Harvest:
    """Take in everything that a service can tell of past jobs.

    Args:
        lab: where it is recorded.
        provider: the service.
        files: whether training and validation files are kept too.
        progress: told how far it has come.

    Raises:
        ProviderError: if the service does not list its jobs; what came before is kept.
    """
    started = HistoryImportStarted(provider=provider.profile.name)
    [event] = lab.log.append("lab", started)
    return asyncio.run(_Rescue(lab, provider, event.seq, files, progress).run())


class _Rescue:
    def __init__(
        self,
        lab: Lab,
        provider: HostedProvider,
        cause: int,
        files: bool,
        progress: Progress | None,
    ) -> None:
        self._lab = lab
        self._provider = provider
        self._cause = cause
        self._wants_files = files
        self._progress = progress or (lambda _done, _all, _harvest: None)
        self._harvest = Harvest()
        self._done = 0

    async def run(self) -> Harvest:
        async with self._provider.open(patience=_PATIENCE) as service:
            self._files = Files(self._lab, service, self._harvest, self._cause)
            self._known = jobs_at(self._lab.database.reader, self._name)
            found = [report async for page in listing.jobs(service) for report in page]
            self._harvest.jobs = len(found)
            gate = asyncio.Semaphore(_AT_ONCE)

            async def one(report: Report) -> None:
                async with gate:
                    await self._job(service, report)

            await asyncio.gather(*map(one, found))
            await Models(self._lab, service, self._harvest, self._cause).take()
        self._record_end()
        return self._harvest

    @property
    def _name(self) -> str:
        return self._provider.profile.name

    async def _job(self, service: Service, report: Report) -> None:
        remote = reports.text_of(report.get("id")) or ""
        try:
            job = self._here(remote, report)
            await self._data(job, report)
            await self._follow(service, job, report)
        except (ProviderError, LabError, StoreError, OSError) as error:
            self._harvest.troubles[remote] = str(error)
        self._done += 1
        self._progress(self._done, self._harvest.jobs, self._harvest)

    def _here(self, remote: str, report: Report) -> str:
        """Return the id of a job here, recording the job if it was not known."""
        if remote in self._known:
            return self._known[remote]
        planned = self._planned_here(report)
        if planned is not None:
            self._append([Write(f"job/{planned}", [self._caused(JobSubmitted(remote_id=remote))])])
            return planned
        job = id_of("job", f"{self._provider.profile.host}/{remote}")
        entry = self._caused(reports.imported(report, self._name))
        recorded = self._lab.log.append(f"job/{job}", entry)
        self._harvest.new_jobs += len(recorded)
        self._harvest.events += len(recorded)
        return job

    def _planned_here(self, report: Report) -> str | None:
        """Return the job that was planned here and of whose creation no answer was heard."""
        named = reports.known_job(report)
        if named is None:
            return None
        try:
            detail = job_detail(self._lab.database.reader, named)
        except NotFoundError:
            return None
        waits = detail.id == named and detail.provider == self._name and detail.remote_id is None
        return detail.id if waits and detail.status in job_status.ACTIVE else None

    async def _data(self, job: str, report: Report) -> None:
        """Keep the files that a job was trained and validated on, as dataset versions."""
        if not self._wants_files:
            return
        detail = job_detail(self._lab.database.reader, job)
        for role, field in _ROLES:
            known = detail.dataset if role == "training" else detail.validation
            file = reports.text_of(report.get(field))
            if known is not None or file is None:
                continue
            dataset = await self._files.dataset_of(file)
            if dataset is not None:
                found = JobDataFound(role=role, dataset=dataset)
                self._append(
                    [Write(f"job/{job}", [self._caused(Entry(found, key=f"data:{role}"))])]
                )

    async def _follow(self, service: Service, job: str, report: Report) -> None:
        """Bring in a job's events, checkpoints, results, model and end."""
        from engine.pricing.catalogue import catalogue

        detail = job_detail(self._lab.database.reader, job)
        if detail.status in job_status.ENDED and detail.reported_status is not None:
            return
        prices = catalogue(self._lab.places.prices)
        reader = self._lab.database.reader
        following = Following(service, reader, self._lab.blobs, prices, sweeps=1)
        async for writes in following.news(detail, report):
            self._append([self._caused_write(write) for write in writes])
        self._count_results(detail)

    def _count_results(self, job: JobDetail) -> None:
        for row in result_files(self._lab.database.reader, job.id):
            self._harvest.files_kept += row.content is not None
            self._harvest.files_gone += row.content is None
            self._harvest.bytes += row.bytes or 0

    def _append(self, writes: Sequence[Write]) -> None:
        try:
            self._harvest.events += len(self._lab.log.append_all(writes))
        except StreamConflictError:
            # Somebody, the poller perhaps, took the same first: the next run sees what is left.
            return

    def _caused_write(self, write: Write) -> Write:
        return Write(write.stream, list(map(self._caused, write.entries)), write.expected)

    def _caused(self, offered: Entry | Fact) -> Entry:
        if isinstance(offered, Entry):
            return Entry(offered.fact, offered.occurred, offered.key, self._cause)
        return Entry(offered, cause=self._cause)

    def _record_end(self) -> None:
        found = self._harvest
        ended = HistoryImported(
            provider=self._name,
            jobs=found.jobs,
            new_jobs=found.new_jobs,
            models=found.models,
            files_kept=found.files_kept,
            files_gone=found.files_gone,
            bytes=found.bytes,
        )
        self._lab.log.append("lab", self._caused(ended))
