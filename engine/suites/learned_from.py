"""What a model learned from: the data of its own training, and of every stage before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.stages import earlier
from store.errors import NotFoundError, StoreError
from store.queries.compared import is_model
from store.queries.datasets import DatasetRow, dataset
from store.queries.hosted import remote_file
from store.queries.jobs import JobDetail, job_detail
from store.queries.models import ModelRow, model, model_at

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab


@dataclass(frozen=True, slots=True)
class Learned:
    """Examples that a model was trained on.

    Attributes:
        name: what they are called: a dataset version, or a file at a service.
        content: the blob that holds them.
        examples: how many there are; None of a file that is no dataset version.
        dataset: the id of the dataset version; None of such a file.
        model: the model that learned from them, the one that is asked of or an earlier stage; None
            if the data itself was asked of.
    """

    name: str
    content: str
    examples: int | None
    dataset: str | None
    model: str | None


def learned_from(lab: Lab, row: ModelRow) -> tuple[list[Learned], list[str]]:
    """Return what a model learned from, the newest stage first, and what of it is not kept here.

    Validation data is no part of it: nothing is learned from that.

    Returns:
        The data, each once, and sentences of what is missing.
    """
    found: dict[str, Learned] = {}
    missing: list[str] = []
    for stage in stages(lab.database.reader, row):
        data = _data(lab, stage)
        if isinstance(data, str):
            missing.append(data)
        else:
            found.setdefault(data.content, data)
    return list(found.values()), missing


def data_of_version(lab: Lab, version: DatasetRow, learner: str | None = None) -> Learned | str:
    """Return a dataset version as what was learned from; in words if it is not here any more."""
    name = f"{version.name}@{version.version}"
    if version.content not in lab.blobs:
        return f"the examples of {name} are not kept here"
    return Learned(name, version.content, version.examples, version.id, learner)


def stages(connection: sqlite3.Connection, row: ModelRow) -> Iterator[ModelRow]:
    """Yield a model and every model that it was made of: the nearest first, each once."""
    seen: set[str] = set()
    waiting = [row]
    while waiting:
        each = waiting.pop(0)
        if each.id in seen:
            continue
        seen.add(each.id)
        yield each
        waiting += earlier(connection, each.job)
        # A full model, or a hosted one that was tuned further, names what it was made of.
        if (base := _base(connection, each)) is not None:
            waiting.append(base)


def _base(connection: sqlite3.Connection, row: ModelRow) -> ModelRow | None:
    if row.remote_id is not None:
        return model_at(connection, row.provider, row.base_model)
    return model(connection, row.base_model) if is_model(connection, row.base_model) else None


def _data(lab: Lab, row: ModelRow) -> Learned | str:
    """Return what a model learned from in its own training; in words if that is not here."""
    connection = lab.database.reader
    job = _job(connection, row)
    version = row.dataset or (None if job is None else job.dataset)
    if version is not None:
        try:
            return data_of_version(lab, dataset(connection, version), row.name)
        except NotFoundError:
            return f"the data of {row.name}, {version}, is not known here"
    if job is not None and job.training_file is not None:
        file = remote_file(connection, job.provider, job.training_file)
        if file is not None and file.content is not None and file.content in lab.blobs:
            return Learned(file.filename or file.file, file.content, None, None, row.name)
    return f"what {row.name} was trained on is not kept here"


def _job(connection: sqlite3.Connection, row: ModelRow) -> JobDetail | None:
    try:
        return None if row.job is None else job_detail(connection, row.job)
    except StoreError:
        return None
