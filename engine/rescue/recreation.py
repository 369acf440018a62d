"""Rebuilding a hosted model from its own data, with hyperparameters that come near its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.errors import LabError, RequestError
from engine.planning import LOCAL, Plan, TrainingRequest, plan
from engine.providers.hosted.equivalents import local_hyperparameters
from engine.rescue.models import FINE_TUNED
from engine.rescue.retirement import data_of, training_file_of
from store.queries import models as queries
from store.queries.datasets import DatasetRow, dataset
from store.queries.jobs import JobDetail, job_detail
from store.queries.models import ModelRow

if TYPE_CHECKING:
    from engine.lab import Lab

_COUNTERPARTS = {
    "n_epochs": "epochs",
    "batch_size": "batch_size",
    "learning_rate_multiplier": "learning_rate",
}
"""What hosted hyperparameters are called here."""


def plan_recreation(
    lab: Lab, reference: str, provider: str, base_model: str, changes: dict[str, Any]
) -> Plan:
    """Plan a job that rebuilds a model from its own data and hyperparameters, as near as they come.

    The plan's notes say where each hyperparameter comes from.

    Args:
        lab: where the model is recorded.
        reference: the model.
        provider: where to train.
        base_model: what to train.
        changes: hyperparameters that shall be others.

    Raises:
        NotFoundError: if there is no such model.
        LabError: if what it was trained on is not kept here, or cannot be trained on there.
    """
    row = queries.model(lab.database.reader, reference)
    if row.kind != "hosted":
        raise RequestError(f"{row.name} was trained on this machine: `ftlab jobs retry` repeats it")
    if row.dataset is None:
        raise LabError(_why_without_data(lab, row))
    data = dataset(lab.database.reader, row.dataset)
    if provider == LOCAL and data.kind != "chat":
        raise RequestError(
            f"{row.name} was trained on {data.kind} examples, and training on this machine takes "
            f"chat examples: `--provider` with a profile rebuilds it at a service"
        )
    job = job_detail(lab.database.reader, row.job) if row.job is not None else None
    hosted = json.loads(row.hyperparameters_json)
    here = local_hyperparameters(hosted, data.examples) if provider == LOCAL else hosted
    request = TrainingRequest(
        dataset=row.dataset,
        base_model=base_model,
        provider=provider,
        method=job.method if job is not None and provider != LOCAL else None,
        hyperparameters=here | changes,
        validation=_validation(job, data),
    )
    planned = plan(lab, request)
    reasons = _reasons(hosted, here, changes, data) if provider == LOCAL else ()
    return replace(
        planned,
        options={**planned.options, "recreates": row.id},
        notes=(*_what(row), *planned.notes, *reasons),
    )


def _what(row: ModelRow) -> Iterator[str]:
    yield f"rebuilds {row.name}"
    if row.base_model.startswith(FINE_TUNED):
        yield f"that was trained on from {row.base_model}, whose own data is not part of this"


def _why_without_data(lab: Lab, row: ModelRow) -> str:
    what = f"what {row.name} was trained on"
    file = training_file_of(lab, row)
    match data_of(lab, row):
        case "gone":
            return f"{what} is not kept here: its file was deleted at {row.provider}"
        case "kept":
            reason = f": {file.reason.splitlines()[0]}" if file is not None and file.reason else ""
            return (
                f"{what} is kept here as a file, but its rows are no examples to train on{reason}\n"
                f"`ftlab export archive OUT.tar.zst --model {row.id}` gives the file as it came"
            )
        case _:
            return (
                f"{what} is not kept here: `ftlab import openai --profile {row.provider}` takes it "
                "in while it is still there"
            )


def _validation(job: JobDetail | None, data: DatasetRow) -> str | None:
    """Return what the model was validated on, if that is here and no part of the training data."""
    if job is None or job.validation is None or job.validation == data.id:
        return None
    return job.validation


def _reasons(
    hosted: Mapping[str, Any], here: Mapping[str, Any], changes: Mapping[str, Any], data: DatasetRow
) -> Iterator[str]:
    """Say of each hyperparameter where it comes from."""
    for theirs, ours in _COUNTERPARTS.items():
        if ours not in changes:
            yield _reason(theirs, hosted.get(theirs), ours, here.get(ours), data)
    for name in sorted(hosted.keys() - _COUNTERPARTS.keys()):
        yield f"{name} {hosted[name]}: nothing here corresponds to it"


def _reason(theirs: str, value: object, ours: str, chosen: object, data: DatasetRow) -> str:
    said = "not told" if value is None else value
    name = ours.replace("_", " ")
    if chosen is None:
        return f"{name}: the usual one here, because {theirs} was {said}"
    if ours == "learning_rate" and isinstance(value, int | float) and isinstance(chosen, float):
        usual = f"{chosen / value:.3g}"
        return f"{name} {chosen}: {theirs} {value} times {usual}, the usual rate of adapters"
    if chosen == value:
        return f"{name} {chosen}: the same as {theirs} there"
    if ours == "epochs":
        return (
            f"{name} {chosen}: what the service takes for {data.examples} examples, because "
            f"{theirs} was {said}"
        )
    return f"{name} {chosen}: the largest for a usual machine, {said} there"
