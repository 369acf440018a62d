"""Which jobs have to do with which files and models, and which of them still need theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from engine.errors import ProviderError
from store import job_status
from store.queries.jobs import JobDetail, job_detail, job_list

if TYPE_CHECKING:
    import sqlite3

    from engine.providers.hosted.service import Service

Report = dict[str, Any]

_NO_LIST = ("bad_request", "closed", "not_found", "permission")
"""What a service says that shows its jobs to nobody, or not to this key."""


def jobs_by_file(connection: sqlite3.Connection, provider: str) -> dict[str, list[JobDetail]]:
    """Return the jobs of a provider by the files that they were trained and validated on."""
    found: defaultdict[str, list[JobDetail]] = defaultdict(list)
    for row in job_list(connection, provider=provider):
        job = job_detail(connection, row.id)
        for file in {job.training_file, job.validation_file} - {None}:
            found[file or ""].append(job)
    return found


def needing_file(
    connection: sqlite3.Connection,
    provider: str,
    file: str,
    dataset: str | None,
    reports: Iterable[Report] = (),
) -> list[str]:
    """Return the jobs that still need a file, in words.

    Args:
        connection: where jobs are looked up.
        provider: where the file is.
        file: its name there.
        dataset: the dataset version that it was written of: a planned job of the same data is about
            to use it.
        reports: what the service told of its newest jobs just now.
    """

    def needs(job: JobDetail) -> bool:
        waits = job.remote_id is None and dataset is not None
        same_data = waits and dataset in (job.dataset, job.validation)
        return same_data or file in (job.training_file, job.validation_file)

    def names(report: Report) -> bool:
        return file in (report.get("training_file"), report.get("validation_file"))

    return _needing(connection, provider, job_status.ACTIVE, needs, reports, names)


def needing_model(
    connection: sqlite3.Connection,
    provider: str,
    is_base: Callable[[JobDetail], bool],
    remote: str | None,
    reports: Iterable[Report] = (),
) -> list[str]:
    """Return the jobs that still need a model, in words.

    Args:
        connection: where jobs are looked up.
        provider: where the model is.
        is_base: tells whether a job goes on from it.
        remote: what its service calls it, if it is at one.
        reports: what the service told of its newest jobs just now.
    """
    # Here, an interrupted job can be gone on with.
    statuses = job_status.ACTIVE if remote else (*job_status.ACTIVE, job_status.INTERRUPTED)

    def names(report: Report) -> bool:
        return remote is not None and report.get("model") == remote

    return _needing(connection, provider, statuses, is_base, reports, names)


def _needing(
    connection: sqlite3.Connection,
    provider: str,
    statuses: Sequence[str],
    needs: Callable[[JobDetail], bool],
    reports: Iterable[Report],
    names: Callable[[Report], bool],
) -> list[str]:
    there = {str(report.get("id")): str(report.get("status")) for report in reports}
    rows = [
        row for status in statuses for row in job_list(connection, status=status, provider=provider)
    ]
    known = [job_detail(connection, row.id) for row in rows]
    found = {
        job.remote_id or job.id: f"{job.name} ({job.status})"
        for job in known
        # What the service says of it is newer than what was recorded.
        if needs(job) and there.get(job.remote_id or "") not in job_status.ENDED
    }
    for report in reports:
        remote, status = str(report.get("id")), str(report.get("status"))
        if names(report) and status not in job_status.ENDED:
            found.setdefault(remote, f"{remote} ({status})")
    return list(found.values())


async def newest_jobs(service: Service) -> list[Report]:
    """Return what a service tells of its newest jobs: those that run are among them.

    Raises:
        ProviderError: if it cannot be reached, or does not take the key.
    """
    from engine.providers.hosted import listing

    try:
        async with aclosing(listing.jobs(service)) as pages:  # type: ignore[type-var]
            return await anext(pages, [])
    except ProviderError as error:
        if error.kind not in _NO_LIST:
            raise
        return []
