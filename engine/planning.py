"""Planning a job: everything looked up and settled before anything is recorded or started."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import RequestError
from engine.stages import FROM
from store.queries import datasets, jobs

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.pricing.estimate import Estimate
    from engine.stages import Start
    from store.queries.datasets import DatasetRow

LOCAL = "local"
SCRIPT = "script"
"""Provider of the runs of scripts that log by themselves (`ftlab.py`)."""

_LOCAL_METHOD = "lora"
_HOSTED_OPTIONS = {"grader": "--grader", "integrations": "--wandb"}


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What somebody wants trained.

    Attributes:
        dataset: the dataset version, as `name`, `name@version` or id.
        base_model: an embedded model's name, a model folder, a hub id, or one that is made for the
            job; a hosted model's name. Of no account if it goes on from a model version.
        provider: where it shall run: `local`, or a profile's name.
        method: `lora` or `full` here, `supervised`, `dpo` or `reinforcement` at a hosted service;
            the usual one if None.
        hyperparameters: those that differ from the method's defaults.
        seed: of the data order and everything drawn.
        suffix: a name for the job and its model; made up from the dataset's if None.
        validation: the dataset version to evaluate on; None takes the validation part of the split
            that made the dataset version, if there is one.
        options: what only hosted services take: `grader`, `integrations`; here `from`, the model
            version to go on from.
        max_cost: US dollars that it may cost; None for the budget of the settings.
    """

    dataset: str
    base_model: str
    provider: str = LOCAL
    method: str | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    suffix: str | None = None
    validation: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    max_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with everything looked up and settled; nothing is recorded or started yet.

    Attributes:
        request: the request, its method and base model settled.
        name: the job's.
        dataset: what it trains on.
        validation: what it evaluates on.
        hyperparameters: all of them here; at a hosted service those that are not left to it.
        total_steps: how many there will be, if that is known before.
        options: what is asked for beside them.
        estimate: what it would cost, if a price is known.
        notes: what the user should know before it starts.
    """

    request: TrainingRequest
    name: str
    dataset: DatasetRow
    validation: DatasetRow | None
    hyperparameters: dict[str, Any]
    total_steps: int | None
    options: Mapping[str, Any] = field(default_factory=dict)
    estimate: Estimate | None = None
    notes: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The method, settled."""
        return self.request.method or _LOCAL_METHOD


def plan(lab: Lab, request: TrainingRequest) -> Plan:
    """Look everything up and settle what would be trained.

    Raises:
        NotFoundError: if a dataset version, the base model or the profile does not exist.
        RequestError: if the name is taken, or a hyperparameter is out of bounds.
        DataError: if a hosted service would refuse the data.
        LimitError: if it would cost more than it may.
    """
    if request.provider != LOCAL:
        from engine.providers.hosted.planning import hosted_plan

        if FROM in request.options:
            raise RequestError(
                "--from goes on from a model of this machine, on this machine: a hosted one is "
                "named with --model"
            )
        return hosted_plan(lab, request)
    return _local_plan(lab, request)


def _local_plan(lab: Lab, request: TrainingRequest) -> Plan:
    from engine.settling import settle
    from engine.training.plan import check_seed

    check_name(lab, request.suffix)
    check_seed(request.seed)
    _check_options(request.options)
    dataset = datasets.dataset(lab.database.reader, request.dataset)
    _check_kind(dataset, "training")
    start = _start(lab, request)
    request = replace(request, base_model=start.base_model, method=start.method)
    validation = validation_for(lab, request, dataset)
    if validation is not None:
        _check_kind(validation, "evaluating")
    settled, found = settle(
        start, dataset.examples, lab.places.home, validated=validation is not None
    )
    return Plan(
        request=request,
        name=request.suffix or free_name(lab, dataset.name),
        dataset=dataset,
        validation=validation,
        hyperparameters=settled.model_dump(mode="json"),
        total_steps=settled.planned_steps(dataset.examples),
        options={} if start.model is None else {FROM: start.model},
        notes=(*start.notes, *found),
    )


def _start(lab: Lab, request: TrainingRequest) -> Start:
    """Return what a job begins with on this machine: a base model, or an earlier stage's.

    Raises:
        NotFoundError: if there is no such model.
        RequestError: if it cannot be trained so.
    """
    from engine import base_models, stages

    given = dict(request.hyperparameters)
    if FROM in request.options:
        return stages.go_on(
            lab.database.reader, lab.places, request.options[FROM], request.method, given
        )
    if request.base_model in base_models.FROM_SCRATCH:
        return stages.from_scratch(request.base_model, request.method, given)
    base_models.check(request.base_model)
    method = request.method or _LOCAL_METHOD
    return stages.Start(_settled(request.base_model), method, given)


def check_name(lab: Lab, suffix: str | None) -> None:
    """See that a job may be called so.

    Raises:
        RequestError: if it may not, or another one is.
    """
    if suffix is None:
        return
    if not (suffix.strip() and suffix.isprintable()):
        raise RequestError(f"{suffix!r} cannot name a job: write it in printable characters")
    if any(job.name == suffix for job in jobs.job_list(lab.database.reader)):
        raise RequestError(f"there is a job called {suffix} already: choose another name")


def _check_options(options: Mapping[str, Any]) -> None:
    hosted = [name for option, name in _HOSTED_OPTIONS.items() if option in options]
    if hosted:
        raise RequestError(
            f"{' and '.join(hosted)} {'are' if hosted[1:] else 'is'} for hosted services: name one "
            "(--provider), or leave that out"
        )


def _check_kind(dataset: DatasetRow, purpose: str) -> None:
    if dataset.kind != "chat":
        raise RequestError(
            f"{dataset.name}@{dataset.version} has {dataset.kind} examples: {purpose} on this "
            "machine takes chat examples"
        )


def _settled(base_model: str) -> str:
    """Return a base model as it can be found from anywhere: a folder by its whole path."""
    from engine import base_models

    folder = Path(base_model).expanduser()
    if base_model != base_models.EMBEDDED and folder.is_dir():
        return str(folder.resolve())
    return base_model


def validation_for(lab: Lab, request: TrainingRequest, dataset: DatasetRow) -> DatasetRow | None:
    """Return what a job evaluates on: what was asked for, else what its split set apart."""
    if request.validation is not None:
        return datasets.dataset(lab.database.reader, request.validation)
    # Only what the same split set apart: another split's part may hold rows of this one.
    parts = datasets.split_beside(lab.database.reader, dataset.id)
    if parts.get("train") != dataset.id or "validation" not in parts:
        return None
    return datasets.dataset(lab.database.reader, parts["validation"])


def free_name(lab: Lab, stem: str) -> str:
    """Make up a name such as `gsm8k-train-3`, one after the highest taken."""
    stem = stem.replace("/", "-")
    numbered = re.compile(re.escape(stem) + r"-(\d+)")
    taken = (numbered.fullmatch(job.name) for job in jobs.job_list(lab.database.reader))
    return f"{stem}-{max((int(match[1]) for match in taken if match), default=0) + 1}"
