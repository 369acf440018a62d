"""Deleting models, at a hosted service or of this machine: what would go, and doing it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from engine.deleting import at_service, folders
from engine.deleting.refusals import StillNeededError
from engine.deleting.report import Deleted
from engine.deleting.saga import Deletion, Ended, carry_out, standing
from engine.deleting.uses import Report, needing_model, newest_jobs
from engine.errors import LabError
from engine.planning import LOCAL
from engine.rescue.retirement import Retirement, retirements
from engine.stages import FROM
from store.errors import NotFoundError
from store.events import ModelDeleted, ModelDeletionRequested, ModelGone
from store.queries import models as queries
from store.queries.datasets import DatasetRow, dataset
from store.queries.jobs import JobDetail, job_detail
from store.queries.models import ModelRow

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ModelToGo:
    """A model that would be deleted.

    Attributes:
        id: its id here.
        name: its name.
        provider: the profile of its service, or `local`.
        base_model: what it was trained from.
        folder: where it lies on this machine, if it does.
        bytes: the size of that.
        job: the name of the job that made it.
        dataset: the dataset version that it was trained on, if that is known here.
        data_kept: whether that version's examples are here: without them it cannot be rebuilt.
        retires_on: the day (YYYY-MM-DD) on which its service shuts it down anyway.
        recreate: the command that rebuilds it on this machine.
        needed_by: the jobs and models that still need it, in words.
        unfinished: whether its deletion was asked for before and broken off.
    """

    id: str
    name: str
    provider: str
    base_model: str
    folder: str | None
    bytes: int | None
    job: str | None
    dataset: str | None
    data_kept: bool
    retires_on: str | None
    recreate: str | None
    needed_by: tuple[str, ...]
    unfinished: bool


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """Which models would be deleted.

    Attributes:
        models: the models.
        gone: the names of those that were asked for and are known not to be there any more.
    """

    models: tuple[ModelToGo, ...]
    gone: tuple[str, ...]

    def check(self) -> None:
        """See that nothing speaks against it.

        Raises:
            StillNeededError: if something needs one of the models.
        """
        needed = [
            f"{model.name} is needed by {', '.join(model.needed_by)}"
            for model in self.models
            if model.needed_by
        ]
        if needed:
            raise StillNeededError("\n".join([*needed, "Nothing was deleted"]))


def plan_models(lab: Lab, references: Sequence[str], today: date) -> ModelPlan:
    """Find out what deleting models would mean; nothing is recorded. Their services are asked, too.

    Args:
        lab: where they are recorded.
        references: their names, ids or beginnings.
        today: the date, for the days that are left to them.

    Raises:
        NotFoundError: if there is no such model.
        LabError: if one of them is another lab's.
        ProviderError: if a service cannot be asked.
    """
    return asyncio.run(_planned(lab, references, today))


def delete_models(lab: Lab, plan: ModelPlan, progress: Progress | None = None) -> Deleted:
    """Delete what was planned, each model recorded as asked for before, and as deleted after it.

    What is recorded of a model, its lineage and its history stay.

    Raises:
        ProviderError: if a service cannot be asked. What became of single models is in what is
            returned.
    """
    return asyncio.run(_deleted(lab, plan, progress or (lambda _done, _all: None)))


async def _planned(lab: Lab, references: Sequence[str], today: date) -> ModelPlan:
    reader = lab.database.reader
    rows = {row.id: row for row in (queries.model(reader, name) for name in references)}
    there = [row for row in rows.values() if row.gone_at is None]
    async with _Services(lab) as services:
        ends = {found.model: found for found in retirements(lab, today)} if there else {}
        models = [_to_go(lab, row, ends.get(row.id), await services.reports(row)) for row in there]
    return ModelPlan(
        tuple(models), tuple(row.name for row in rows.values() if row.gone_at is not None)
    )


async def _deleted(lab: Lab, plan: ModelPlan, progress: Progress) -> Deleted:
    done = Deleted([Ended(name, "gone before") for name in plan.gone])
    async with _Services(lab) as services:
        for number, model in enumerate(plan.models):
            progress(number, len(plan.models))
            row = queries.model(lab.database.reader, model.id)
            if not await done.take(row.name, _delete(lab, row, services)):
                break
    return done


class _Services:
    """The services of models, each opened when it is first needed."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._stack = AsyncExitStack()
        self._opened: dict[str, tuple[Service, list[Report]]] = {}

    async def __aenter__(self) -> _Services:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._stack.aclose()

    async def of(self, row: ModelRow) -> Service:
        return (await self._open(row.provider))[0]

    async def reports(self, row: ModelRow) -> list[Report]:
        """Return what the service of a model tells of its newest jobs."""
        return [] if row.remote_id is None else (await self._open(row.provider))[1]

    async def _open(self, provider: str) -> tuple[Service, list[Report]]:
        if provider not in self._opened:
            service = await self._stack.enter_async_context(self._lab.hosted(provider).open())
            self._opened[provider] = service, await newest_jobs(service)
        return self._opened[provider]


def _to_go(lab: Lab, row: ModelRow, end: Retirement | None, reports: list[Report]) -> ModelToGo:
    folder = None if row.remote_id is not None else _folder(lab, row)
    trained_on = _dataset(lab, row)
    return ModelToGo(
        id=row.id,
        name=row.name,
        provider=row.provider,
        base_model=row.base_model,
        folder=str(folder) if folder else None,
        bytes=folders.size_of(folder) if folder else None,
        job=job_detail(lab.database.reader, row.job).name if row.job else None,
        dataset=f"{trained_on.name}@{trained_on.version}" if trained_on else None,
        data_kept=trained_on is not None and trained_on.content in lab.blobs,
        retires_on=end.retires_on if end else None,
        recreate=end.recreate if end else None,
        needed_by=tuple(_needing(lab, row, reports)),
        unfinished=standing(lab, f"model/{row.id}").asked is not None,
    )


def _dataset(lab: Lab, row: ModelRow) -> DatasetRow | None:
    if row.dataset is None:
        return None
    try:
        return dataset(lab.database.reader, row.dataset)
    except NotFoundError:
        return None


def _folder(lab: Lab, row: ModelRow) -> Path:
    """Return the folder of a model of this machine.

    Raises:
        LabError: if it is another lab's model, which came without its files.
    """
    folder = folders.folder_of(lab.places, row)
    if not folders.is_there(folder) and _is_from_elsewhere(lab, row):
        raise LabError(
            f"{row.name} is a model of another lab: its files are not here, and what is recorded "
            "of it is not this lab's to change"
        )
    return folder


def _is_from_elsewhere(lab: Lab, row: ModelRow) -> bool:
    """Tell whether what is recorded of a model came in an archive."""
    first = next(iter(lab.log.read(stream=f"model/{row.id}")))
    if first.cause is None:
        return False
    cause = next(iter(lab.log.read(after=first.cause - 1)))
    return cause.type == "EventsImported"


def _needing(lab: Lab, row: ModelRow, reports: list[Report]) -> list[str]:
    """Return the jobs that go on from a model, and the adapters that need it to answer."""
    reader = lab.database.reader
    if row.remote_id is not None:
        return needing_model(
            reader,
            row.provider,
            lambda job: job.base_model == row.remote_id,
            row.remote_id,
            reports,
        )
    bases = {row.id, str(lab.places.model(row.id)), str(lab.places.model(row.id).resolve())}

    def goes_on(job: JobDetail) -> bool:
        return job.base_model in bases or json.loads(job.options_json).get(FROM) == row.id

    adapters = [
        f"{other.name} (an adapter of it)"
        for other in queries.model_list(reader)
        if other.kind == "adapter" and other.base_model in bases and other.gone_at is None
    ]
    return [*needing_model(reader, LOCAL, goes_on, None), *adapters]


async def _delete(lab: Lab, row: ModelRow, services: _Services) -> Ended:
    reports = await services.reports(row)

    def check() -> None:
        needed = _needing(lab, row, reports)
        if needed:
            raise StillNeededError(f"{row.name} is needed by {', '.join(needed)}: it stays")

    async def act(asked_before: bool) -> str | None:
        if row.remote_id is None:
            return await asyncio.to_thread(_remove_folder, _folder(lab, row), asked_before)
        service = await services.of(row)
        return await at_service.remove(service, _thing(row.remote_id), asked_before=asked_before)

    return await carry_out(
        lab,
        row.name,
        Deletion(
            stream=f"model/{row.id}",
            request=ModelDeletionRequested(),
            deleted=ModelDeleted(),
            gone=lambda reason: ModelGone(reason=reason),
            check=check,
            act=act,
        ),
    )


def _thing(name: str) -> at_service.Thing:
    return at_service.Thing(
        name,
        look=lambda client: client.models.retrieve(name),
        delete=lambda client: client.models.delete(name),
    )


def _remove_folder(folder: Path, asked_before: bool) -> str | None:
    if not folders.is_there(folder):
        return None if asked_before else f"{folder} is not there any more"
    folders.remove(folder)
    return None
