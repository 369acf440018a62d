"""Deleting files at a hosted service: what would go, and doing it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.deleting import at_service
from engine.deleting.inventory import KnownFile, known_files
from engine.deleting.kept import Kept, proof
from engine.deleting.refusals import NotKeptError, StillNeededError
from engine.deleting.report import Deleted
from engine.deleting.saga import Deletion, Ended, carry_out, standing
from engine.deleting.uses import Report, jobs_by_file, needing_file, newest_jobs
from engine.errors import ProviderError
from store.errors import NotFoundError
from store.events import RemoteFileDeleted, RemoteFileDeletionRequested, RemoteFileGone

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service

Progress = Callable[[int, int], None]
_NAMED = 5


@dataclass(frozen=True, slots=True)
class FileToGo:
    """A file that would be deleted.

    Attributes:
        file: the service's name for it.
        filename: what it was called when it was sent.
        purpose: what it is for.
        bytes: its size.
        kept: how its bytes are kept here, after reading them; None if they are not.
        dataset: the dataset version of the same examples.
        jobs: the names of the jobs that used or made it.
        needed_by: the jobs that still need it, in words.
        unfinished: whether its deletion was asked for before and broken off.
    """

    file: str
    filename: str | None
    purpose: str | None
    bytes: int | None
    kept: Kept | None
    dataset: str | None
    jobs: tuple[str, ...]
    needed_by: tuple[str, ...]
    unfinished: bool
    dataset_id: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.file} ({self.filename})" if self.filename else self.file


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What would be deleted at a service.

    Attributes:
        provider: the profile.
        files: the files.
        gone: those that were asked for and are known not to be there any more.
    """

    provider: str
    files: tuple[FileToGo, ...]
    gone: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """How many there are in all, as far as that is known."""
        return sum(file.bytes or 0 for file in self.files)

    def check(self, *, even_if_not_kept: bool = False) -> None:
        """See that nothing speaks against it.

        Args:
            even_if_not_kept: whether files may go of which there is nothing here.

        Raises:
            StillNeededError: if a job needs one of the files.
            NotKeptError: if one of them is not kept here.
        """
        needed = [
            f"{file} is needed by {', '.join(file.needed_by)}"
            for file in self.files
            if file.needed_by
        ]
        if needed:
            raise StillNeededError(
                f"{_listed(needed)}\nNothing was deleted: wait until they have ended, or cancel "
                "them (`ftlab jobs cancel`)"
            )
        lost = [f"{file} is not kept here" for file in self.files if file.kept is None]
        if lost and not even_if_not_kept:
            raise NotKeptError(
                f"{_listed(lost)}\nNothing was deleted. `ftlab import openai --profile "
                f"{self.provider}` takes in the files of past jobs; --even-if-not-kept deletes "
                "them for good"
            )


def plan_files(lab: Lab, provider: str, files: Sequence[str]) -> FilePlan:
    """Find out what deleting files would mean; nothing is recorded. The service is asked, too.

    Args:
        lab: where they are recorded.
        provider: the profile of their service.
        files: the service's names for them.

    Raises:
        NotFoundError: if there is no such file, or no such profile.
        ProviderError: if the service cannot be asked.
    """
    return asyncio.run(_planned(lab, provider, files))


def delete_files(
    lab: Lab, plan: FilePlan, *, even_if_not_kept: bool = False, progress: Progress | None = None
) -> Deleted:
    """Delete what was planned, each file recorded as asked for before, and as deleted after it.

    What speaks against it is looked for once more: a plan may be old when it is agreed to.

    Raises:
        StillNeededError, NotKeptError: if a file is needed or not kept here.
        ProviderError: if the service cannot be asked. What became of single files is in what is
            returned.
    """
    return asyncio.run(
        _deleted(lab, plan, even_if_not_kept, progress or (lambda _done, _all: None))
    )


async def _planned(lab: Lab, provider: str, files: Sequence[str]) -> FilePlan:
    async with lab.hosted(provider).open() as service:
        return await _Planning(lab, service, await newest_jobs(service)).plan(files)


async def _deleted(lab: Lab, plan: FilePlan, even_if_not_kept: bool, progress: Progress) -> Deleted:
    if not plan.files:
        return Deleted([Ended(file, "gone before") for file in plan.gone])
    async with lab.hosted(plan.provider).open() as service:
        reports = await newest_jobs(service)
        planning = _Planning(lab, service, reports)
        fresh = await planning.plan([file.file for file in plan.files])
        fresh.check(even_if_not_kept=even_if_not_kept)
        done = Deleted([Ended(file, "gone before") for file in (*plan.gone, *fresh.gone)])
        for number, file in enumerate(fresh.files):
            progress(number, len(fresh.files))
            if not await done.take(file.file, _delete(lab, service, file, reports)):
                break
    return done


class _Planning:
    def __init__(self, lab: Lab, service: Service, reports: list[Report]) -> None:
        self._lab = lab
        self._service = service
        self._reports = reports
        reader = lab.database.reader
        self._known = {row.file: row for row in known_files(lab, reader, self._provider)}
        self._jobs = jobs_by_file(reader, self._provider)

    @property
    def _provider(self) -> str:
        return self._service.profile.name

    async def plan(self, files: Sequence[str]) -> FilePlan:
        found = [await self._file(file) for file in dict.fromkeys(files)]
        return FilePlan(
            self._provider,
            tuple(self._to_go(row) for row in found if row.is_there),
            tuple(row.file for row in found if not row.is_there),
        )

    async def _file(self, file: str) -> KnownFile:
        return self._known.get(file) or await self._asked_for(file)

    async def _asked_for(self, file: str) -> KnownFile:
        """Return a file of which nothing is recorded here as its service describes it."""
        from engine.providers.hosted.listing import plain
        from engine.providers.hosted.reports import text_of

        try:
            found = plain(await self._service.read(lambda client: client.files.retrieve(file)))
        except ProviderError as error:
            if error.kind != "not_found":
                raise
            raise NotFoundError(
                f"{self._provider} has no file {file}: `ftlab files` lists those that are known"
            ) from None
        size = found.get("bytes")
        return KnownFile(
            provider=self._provider,
            file=file,
            filename=text_of(found.get("filename")),
            purpose=text_of(found.get("purpose")),
            bytes=size if isinstance(size, int) else None,
            state="not known here",
            reason=None,
            content=None,
            kept=None,
            dataset=None,
            dataset_id=None,
            jobs=(),
        )

    def _to_go(self, row: KnownFile) -> FileToGo:
        needed = _needing(self._lab, self._provider, row.file, row.dataset_id, self._reports)
        return FileToGo(
            file=row.file,
            filename=row.filename,
            purpose=row.purpose,
            bytes=row.bytes,
            kept=proof(self._lab, row.file, row.content, self._jobs.get(row.file, [])),
            dataset=row.dataset,
            jobs=row.jobs,
            needed_by=tuple(needed),
            unfinished=standing(self._lab, _stream(self._provider, row.file)).asked is not None,
            dataset_id=row.dataset_id,
        )


def _needing(
    lab: Lab, provider: str, file: str, dataset: str | None, reports: list[Report]
) -> list[str]:
    return needing_file(lab.database.reader, provider, file, dataset, reports)


async def _delete(lab: Lab, service: Service, file: FileToGo, reports: list[Report]) -> Ended:
    provider, name = service.profile.name, file.file
    thing = at_service.Thing(
        name,
        look=lambda client: client.files.retrieve(name),
        delete=lambda client: client.files.delete(name),
    )

    def check() -> None:
        needed = _needing(lab, provider, name, file.dataset_id, reports)
        if needed:
            raise StillNeededError(f"{file} is needed by {', '.join(needed)}: it stays")

    return await carry_out(
        lab,
        name,
        Deletion(
            stream=_stream(provider, name),
            request=RemoteFileDeletionRequested(provider=provider, file=name),
            deleted=RemoteFileDeleted(provider=provider, file=name),
            gone=lambda reason: RemoteFileGone(provider=provider, file=name, reason=reason),
            check=check,
            act=lambda before: at_service.remove(service, thing, asked_before=before),
        ),
    )


def _stream(provider: str, file: str) -> str:
    return f"file/{provider}/{file}"


def _listed(lines: Sequence[str]) -> str:
    more = [f"… and {len(lines) - _NAMED} more"] if len(lines) > _NAMED else []
    return "\n".join([*lines[:_NAMED], *more])
