"""A hosted job of the past into the log: the job itself, its data, and all that it left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import LabError, ProviderError
from engine.providers.hosted import listing, reports
from engine.providers.hosted.following import Following
from engine.providers.hosted.reports import Report
from store import job_status
from store.errors import NotFoundError, StreamConflictError
from store.events import (
    JobCancelled,
    JobDataFound,
    JobFailed,
    JobMessageReceived,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
)
from store.events.hosted import FileRole
from store.ids import id_of
from store.log import Entry, Write
from store.queries.hosted import jobs_at, result_files, taken_events
from store.queries.jobs import JobDetail, job_detail
from store.times import from_text

if TYPE_CHECKING:
    from engine.rescue.files import Files
    from engine.rescue.run import Run
    from store.events import Fact

_TRIES = 5
_SAID = JobMessageReceived.type_name
_ENDS = (JobSucceeded, JobFailed, JobCancelled)

_ROLES: tuple[tuple[FileRole, str], ...] = (
    ("training", "training_file"),
    ("validation", "validation_file"),
)


class Jobs:
    """Takes jobs in.

    Args:
        run: the rescue that they are part of.
        files: keeps what they were trained and validated on; None leaves that for later.
    """

    def __init__(self, run: Run, files: Files | None) -> None:
        from engine.pricing.catalogue import catalogue

        self._run = run
        self._files = files
        self._reader = run.lab.database.reader
        self._known = jobs_at(self._reader, run.provider)
        prices = catalogue(run.lab.places.prices)
        # What is told of events long past does not change any more: one look is enough.
        self._following = Following(
            run.service, self._reader, run.lab.blobs, prices, sweeps=1, refused=self._note_refused
        )

    async def take(self, remote: str, report: Report) -> None:
        """Take in what is new of a job; what cannot be had is noted among the troubles.

        Args:
            remote: its id there.
            report: what the service's list says of it.
        """
        harvest = self._run.harvest
        with harvest.noting(remote):
            job = self._here(remote, report)
            for role, field in _ROLES:
                with harvest.noting(remote, f"{role} file"):
                    await self._data(job, role, reports.text_of(report.get(field)))
            await self._follow(job, report)

    def _here(self, remote: str, report: Report) -> str:
        """Return the id of a job here, recording the job if it was not known."""
        if remote in self._known:
            return self._known[remote]
        planned = self._planned_here(report)
        if planned is not None:
            submitted = JobSubmitted(remote_id=remote)
            self._run.record(f"job/{planned.id}", submitted, expected=planned.version)
            return planned.id
        job = id_of("job", f"{self._run.service.profile.host}/{remote}")
        found = reports.imported(report, self._run.provider)
        self._run.harvest.new_jobs += self._run.record(f"job/{job}", found)
        return job

    def _planned_here(self, report: Report) -> JobDetail | None:
        """Return the job that was planned here and of whose creation no answer was heard."""
        named = reports.known_job(report)
        if named is None:
            return None
        try:
            detail = job_detail(self._reader, named)
        except NotFoundError:
            return None
        ours = detail.id == named and detail.provider == self._run.provider
        waits = detail.remote_id is None and detail.status in job_status.ACTIVE
        return detail if ours and waits else None

    async def _data(self, job: str, role: FileRole, file: str | None) -> None:
        """Keep a file that a job was trained or validated on, as a dataset version."""
        detail = job_detail(self._reader, job)
        known = detail.dataset if role == "training" else detail.validation
        if self._files is None or file is None or known is not None:
            return
        dataset = await self._files.dataset_of(file)
        if dataset is not None:
            found = JobDataFound(role=role, dataset=dataset)
            self._run.record(f"job/{job}", Entry(found, key=f"data:{role}"))

    async def _follow(self, job: str, report: Report) -> None:
        """Bring in a job's events, checkpoints, results, model and end."""
        for _ in range(_TRIES):
            try:
                await self._news(job_detail(self._reader, job), report)
            except StreamConflictError:
                # The poller or another rescue took the same first: what is left beside that?
                continue
            return
        raise LabError("another process records news of the same job at this moment")

    async def _news(self, job: JobDetail, report: Report) -> None:
        """Record what is new of a job.

        Raises:
            ProviderError: if something of it cannot be had now.
            StreamConflictError: if somebody else recorded news of it.
        """
        ended = job.status in job_status.ENDED and job.reported_status is not None
        if ended and not self._lacks_results(job, report):
            return
        broken_off = job.total_steps is None and bool(taken_events(self._reader, job.id))
        async for writes in self._following.news(job, report):
            facts = [_fact(entry) for write in writes for entry in write.entries]
            tells_end = any(isinstance(fact, _ENDS) for fact in facts)
            if ended and tells_end:
                return
            told: Sequence[Write] = writes
            if tells_end:
                total = await self._total_steps(job) if broken_off else None
                told = self._completed(job, writes, total)
            self._run.record_all(told)

    async def _total_steps(self, job: JobDetail) -> int | None:
        """Return a job's steps from its newest events, which an earlier run has taken."""
        async for page in listing.events(self._run.service, job.remote_id or ""):
            return reports.total_steps(page)
        return None

    def _completed(self, job: JobDetail, writes: Sequence[Write], total: int | None) -> list[Write]:
        """Return how a job ended, with what its service did not say in one piece.

        Where it names no time, that is the time of the job's last message.
        """
        stream = f"job/{job.id}"
        said = (event for event in self._run.lab.log.read(stream=stream) if event.type == _SAID)
        last = max((event.occurred for event in said), default=None)
        moment = from_text(last) if last is not None else None

        def completed(offered: Entry | Fact) -> Entry:
            entry = offered if isinstance(offered, Entry) else Entry(offered)
            fact = entry.fact
            if isinstance(fact, JobStatusChanged) and fact.total_steps is None:
                fact = fact.model_copy(update={"total_steps": total})
            return replace(entry, fact=fact, occurred=entry.occurred or moment)

        return [
            replace(write, entries=[*map(completed, write.entries)])
            if write.stream == stream
            else write
            for write in writes
        ]

    def _note_refused(self, job: JobDetail, _file: str, error: ProviderError) -> None:
        """Note a result file that this key may not read: with another, a later run takes it in."""
        self._run.harvest.note(job.remote_id or job.id, f"result file: {error}")

    def _lacks_results(self, job: JobDetail, report: Report) -> bool:
        known = {row.file for row in result_files(self._reader, job.id)}
        listed = report.get("result_files")
        files = map(reports.text_of, listed if isinstance(listed, list) else [])
        return any(file is not None and file not in known for file in files)


def _fact(offered: object) -> object:
    return offered.fact if isinstance(offered, Entry) else offered
