"""What is known of the files that services have, or had."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.deleting.uses import jobs_by_file
from engine.errors import RequestError
from store.errors import NotFoundError
from store.queries import hosted
from store.queries.datasets import dataset
from store.queries.jobs import JobDetail, job_detail, job_list

if TYPE_CHECKING:
    from engine.deleting.kept import Kept
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow
    from store.queries.hosted import RemoteFileRow

RESULTS = "fine-tune-results"
GONE, DELETED = "gone", "deleted"
"""The states of files that are not there any more."""
_UPLOADED, _KEPT, _DELETING = "uploaded", "kept", "deleting"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that a service has, or had.

    Attributes:
        provider: the profile.
        file: the service's name for it.
        filename: what it was called when it was sent.
        purpose: what it is for, in the service's word.
        bytes: its size.
        state: `uploaded` (from here), `kept` (taken from there), `gone`, `deleting`, `deleted`.
        reason: why it is gone.
        content: the SHA-256 of its bytes.
        kept: how its bytes are kept here, as far as that is seen without reading them.
        dataset: the dataset version of the same examples, `name@version`.
        dataset_id: its id.
        jobs: the names of the jobs that were trained or validated on it, or that made it.
    """

    provider: str
    file: str
    filename: str | None
    purpose: str | None
    bytes: int | None
    state: str
    reason: str | None
    content: str | None
    kept: Kept | None
    dataset: str | None
    dataset_id: str | None
    jobs: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        """Whether the service was last known to have it."""
        return self.state not in (GONE, DELETED)


def known_files(
    lab: Lab, connection: sqlite3.Connection, provider: str | None = None
) -> list[KnownFile]:
    """Return the files of services, newest first, the results of jobs behind them.

    Args:
        lab: where their contents are kept.
        connection: where they are looked up.
        provider: whose; None for all.
    """
    return _Inventory(lab, connection, provider).files()


def files_of_job(lab: Lab, reference: str) -> tuple[str, list[str]]:
    """Return a hosted job's service and the files there that it was made of or left behind.

    Raises:
        NotFoundError: if there is no such job.
        RequestError: if it has no files at a service.
    """
    reader = lab.database.reader
    job = job_detail(reader, reference)
    named = [job.training_file, job.validation_file]
    named += [row.file for row in hosted.result_files(reader, job.id)]
    found = [file for file in dict.fromkeys(named) if file is not None]
    if not found:
        raise RequestError(f"{job.name} has no files at a service")
    return job.provider, found


def provider_of(lab: Lab, files: Sequence[str]) -> str:
    """Return the one service that all of these files are known to be at.

    Raises:
        RequestError: if that is not clear.
    """
    wanted = set(files)
    known = known_files(lab, lab.database.reader)
    found = {file: {row.provider for row in known if row.file == file} for file in wanted}
    providers = set.intersection(*found.values()) if found else set()
    if len(providers) != 1:
        raise RequestError("at which service are they? Say it with --provider")
    return providers.pop()


class _Inventory:
    def __init__(self, lab: Lab, connection: sqlite3.Connection, provider: str | None) -> None:
        self._lab = lab
        self._connection = connection
        self._provider = provider
        self._jobs: dict[str, dict[str, list[JobDetail]]] = {}
        self._datasets: dict[str, DatasetRow | None] = {}

    def files(self) -> list[KnownFile]:
        rows = hosted.remote_files(self._connection, self._provider)
        found = {(row.provider, row.file): self._file(row) for row in rows}
        for file in self._results():
            before = found.get((file.provider, file.file))
            # Of a result file that was deleted, the row tells that and nothing else.
            found[file.provider, file.file] = file if before is None else _merged(file, before)
        return list(found.values())

    def _file(self, row: RemoteFileRow) -> KnownFile:
        version = self._dataset(row.dataset)
        return KnownFile(
            provider=row.provider,
            file=row.file,
            filename=row.filename,
            purpose=row.purpose,
            bytes=row.bytes,
            state=row.state,
            reason=row.reason,
            content=row.content,
            kept=self._kept(row, version),
            dataset=f"{version.name}@{version.version}" if version else None,
            dataset_id=row.dataset,
            jobs=tuple(job.name for job in self._jobs_of(row.provider).get(row.file, [])),
        )

    def _kept(self, row: RemoteFileRow, version: DatasetRow | None) -> Kept | None:
        if row.content is not None and row.content in self._lab.blobs:
            return "file"
        if version is None or row.state not in (_UPLOADED, _DELETING):
            return None
        return "dataset" if version.content in self._lab.blobs else None

    def _results(self) -> list[KnownFile]:
        return [
            KnownFile(
                provider=job.provider,
                file=row.file,
                filename=None,
                purpose=RESULTS,
                bytes=row.bytes,
                state=GONE if row.content is None else _KEPT,
                reason=row.reason,
                content=row.content,
                kept="file" if row.content is not None and row.content in self._lab.blobs else None,
                dataset=None,
                dataset_id=None,
                jobs=(job.name,),
            )
            for job in job_list(self._connection, provider=self._provider)
            for row in hosted.result_files(self._connection, job.id)
        ]

    def _jobs_of(self, provider: str) -> dict[str, list[JobDetail]]:
        if provider not in self._jobs:
            self._jobs[provider] = jobs_by_file(self._connection, provider)
        return self._jobs[provider]

    def _dataset(self, version: str | None) -> DatasetRow | None:
        if version is None:
            return None
        if version not in self._datasets:
            try:
                self._datasets[version] = dataset(self._connection, version)
            except NotFoundError:
                self._datasets[version] = None
        return self._datasets[version]


def _merged(result: KnownFile, row: KnownFile) -> KnownFile:
    """Return a result file in the state that its own events tell."""
    return replace(result, state=row.state, reason=row.reason)
