"""Submitting a job to a hosted service: one job there for one plan here, whatever happens.

No request creates a job under a key of ours, and a request whose answer was lost may have done so.
Hence each step is recorded before it is taken, the plan's id goes along as metadata, and whoever
goes on after a crash looks for what is there before asking for it again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import LabError, ProviderError
from engine.providers.hosted import creation, listing, reports
from engine.providers.hosted.reports import Report
from engine.providers.hosted.uploading import PART_BYTES, Progress, Sendable, Uploading, begun
from store import times
from store.events import (
    Fact,
    FileUploaded,
    JobCancelled,
    JobCreationRequested,
    JobFailed,
    JobStatusChanged,
    JobSubmitted,
)
from store.events.hosted import FileRole
from store.leases import Lease
from store.log import Write
from store.queries import hosted
from store.queries.jobs import job_detail

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from store.queries.jobs import JobDetail

SETTLES = timedelta(seconds=30)
"""How long a service may take until a job that it created is in its list."""

_FOR_GOOD = ("bad_request", "closed", "quota")
"""Refusals of a file that nothing but another plan or another account will change."""

_LEASE_SECONDS = 30.0
_PROCESSING_SECONDS = 600.0
_FIRST_LOOK_SECONDS = 0.25
_LONGEST_LOOK_SECONDS = 10.0


class Submission:
    """Brings planned jobs to a service.

    Args:
        lab: where the jobs are planned and their data lies.
        service: where they shall run.
        progress: told what is being done.
        settles: how long to wait before a creation without an answer is repeated.
        part_bytes: larger files are sent in parts of so many bytes.
    """

    def __init__(
        self,
        lab: Lab,
        service: Service,
        progress: Progress | None = None,
        *,
        settles: timedelta = SETTLES,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._lab = lab
        self._service = service
        self._progress = progress or (lambda _what, _done: None)
        self._settles = settles
        self._part_bytes = part_bytes

    async def news(self, job: JobDetail) -> AsyncIterator[Sequence[Write]]:
        """Take a planned job as far as it goes, each step given to be recorded before it is taken.

        A job that another process is at is left alone.

        Raises:
            ProviderError: if the service cannot be reached, or it is not known what it did: the
                next call goes on from there.
            LabError: if the data cannot be sent as it is.
        """
        stream = f"job/{job.id}"
        async with self._held(job) as held:
            # Whoever held it before may have gone on with the job since it was read.
            moved = self._lab.log.version(stream) != job.version
            if not held or moved or job.remote_id is not None:
                return
            version = job.version
            try:
                async for facts in self._steps(job, self._lab.log.facts(stream)):
                    yield [Write(stream, facts, version)]
                    version += len(facts)
            finally:
                self._forget_files(job)

    @asynccontextmanager
    async def _held(self, job: JobDetail) -> AsyncIterator[bool]:
        """Hold the job's submission for as long as the block takes; tell whether that went well."""
        lease = Lease(
            self._lab.database, f"submission:{job.id}", self._lab.actor, seconds=_LEASE_SECONDS
        )
        if not lease.acquire():
            yield False
            return
        renewing = asyncio.create_task(_renew(lease))
        try:
            yield True
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            lease.release()

    async def _steps(self, job: JobDetail, facts: Sequence[Fact]) -> AsyncIterator[Sequence[Fact]]:
        files = _files(facts)
        if job.creation_requested_at is not None:
            found = await self._existing(job, files)
            if found is not None:
                yield _submitted(found)
                return
            self._require_settled(job)
        if job.requested == "cancel":
            yield [JobCancelled()]
            return
        uploading = self._uploading()
        files = {role: file for role, file in files.items() if await uploading.look_up(file)}
        for sendable in self._sendables(job, files):
            try:
                async for fact in uploading.send(sendable, begun(facts, sendable.role)):
                    yield [fact]
                    if isinstance(fact, FileUploaded):
                        files[sendable.role] = fact.file
            except ProviderError as error:
                if error.kind not in _FOR_GOOD:
                    raise
                yield [creation.refusal(job, error)]
                return
        refused = await self._refused_file(files)
        if refused is not None:
            yield [refused]
            return
        yield [JobCreationRequested(attempt=job.creation_attempts + 1)]
        self._progress("creating the job", 0.0)
        yield await self._create(job, files)

    def _require_settled(self, job: JobDetail) -> None:
        """Wait with another creation until the first would be in the service's list.

        Raises:
            ProviderError: if it is too early.
        """
        asked = times.from_text(job.creation_requested_at or "")
        # Either way: a clock that was set back must not make the job wait for the old time.
        if abs(times.now() - asked) < self._settles:
            raise ProviderError(
                f"it is not known whether {job.provider} created the job: it is looked for again "
                "in a moment",
                "unreadable",
                retriable=True,
            )

    def _uploading(self) -> Uploading:
        return Uploading(self._service, self._lab.database.reader, self._progress, self._part_bytes)

    def _sendables(self, job: JobDetail, sent: dict[FileRole, str]) -> list[Sendable]:
        """Return the job's files that are not there yet."""
        roles: list[tuple[FileRole, str | None]] = [
            ("training", job.dataset),
            ("validation", job.validation),
        ]
        return [
            self._sendable(job, role, dataset)
            for role, dataset in roles
            if dataset is not None and role not in sent
        ]

    def _sendable(self, job: JobDetail, role: FileRole, dataset: str) -> Sendable:
        """Write a dataset version as the service takes it: the same bytes every time."""
        path = self._folder / f"{job.id}-{role}.jsonl"
        creation.write_data(self._lab, dataset, path, job)
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        return Sendable(role, path, digest, path.stat().st_size)

    @property
    def _folder(self) -> Path:
        folder = self._lab.places.home / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _forget_files(self, job: JobDetail) -> None:
        for path in self._folder.glob(f"{job.id}-*.jsonl"):
            path.unlink(missing_ok=True)

    async def _refused_file(self, files: dict[FileRole, str]) -> JobFailed | None:
        """Wait until the service has looked at the files; return its refusal if there is one."""
        for role, file in files.items():
            found = await self._processed(role, file)
            if found.get("status") == "error":
                why = found.get("status_details") or "it did not say why"
                name = self._service.profile.name
                return JobFailed(error=f"{name} could not process the {role} file: {why}")
        return None

    async def _processed(self, role: FileRole, file: str) -> Report:
        """Return a file once it is processed; after ten minutes as it is, which may do."""
        waited, pause = 0.0, _FIRST_LOOK_SECONDS
        while True:
            found = listing.plain(
                await self._service.read(lambda client: client.files.retrieve(file))
            )
            if found.get("status") in ("processed", "error") or waited > _PROCESSING_SECONDS:
                return found
            self._progress(f"{self._service.profile.name} processes the {role} file", 0.0)
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, _LONGEST_LOOK_SECONDS)

    async def _create(self, job: JobDetail, files: dict[FileRole, str]) -> Sequence[Fact]:
        """Create the job; where the answer is lost, find out whether it was created."""
        request = creation.request(job, files)
        try:
            made = await self._service.act(lambda client: client.fine_tuning.jobs.create(**request))
        except ProviderError as error:
            if error.refused and not error.retriable:
                return [creation.refusal(job, error)]
            found = await self._existing(job, files)
            if found is None:
                raise
            return _submitted(found)
        return _submitted(listing.plain(made))

    async def _existing(self, job: JobDetail, files: dict[FileRole, str]) -> Report | None:
        """Return the job that the service has for this plan, if it has one."""
        known = hosted.jobs_at(self._lab.database.reader, job.provider)
        async for report in self._candidates(job):
            if creation.is_of_plan(report, job, files) and not self._is_another(report, known):
                return report
        return None

    async def _candidates(self, job: JobDetail) -> AsyncIterator[Report]:
        """Give the service's jobs that may be the one that was asked for."""
        wanted = {reports.METADATA_KEY: job.id}
        try:
            async for page in listing.jobs(self._service, metadata=wanted):
                for report in page:
                    yield report
        except ProviderError as error:
            # Some services list jobs in one way only.
            if error.kind != "bad_request":
                raise
        # Not every service keeps metadata, or finds by it at once.
        async for page in listing.jobs(self._service):
            for report in page:
                yield report
            if all(creation.is_older(report, job) for report in page):
                return

    def _is_another(self, report: Report, known: Mapping[str, str]) -> bool:
        """Tell whether a service's job is that of another plan; an imported one may be this one."""
        other = known.get(reports.text_of(report.get("id")) or "")
        return other is not None and not job_detail(self._lab.database.reader, other).imported


async def _renew(lease: Lease) -> None:
    while True:
        await asyncio.sleep(_LEASE_SECONDS / 6)
        lease.acquire()


def _files(facts: Sequence[Fact]) -> dict[FileRole, str]:
    return {fact.role: fact.file for fact in facts if isinstance(fact, FileUploaded)}


def _submitted(report: Report) -> list[Fact]:
    """Return the facts of a job that a service has taken; how it ends is left to following it."""
    remote = reports.text_of(report.get("id"))
    if remote is None:
        raise LabError(f"the service created a job without an id: {json.dumps(report)[:200]}")
    status = reports.status_of(report)
    if status in reports.ENDED:
        return [JobSubmitted(remote_id=remote)]
    return [
        JobSubmitted(remote_id=remote),
        JobStatusChanged(status=status, details=report),
    ]
