"""Planning, starting, cancelling and resuming jobs: intent into the log first, then the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import JobStateError, LabError
from engine.poller import Poller
from store import job_status
from store.errors import NotFoundError
from store.ids import new_id
from store.queries import datasets, jobs

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.training.plan import Hyperparameters
    from store.queries.datasets import DatasetRow
    from store.queries.jobs import JobDetail

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What somebody wants trained.

    Attributes:
        dataset: the dataset version, as `name`, `name@version` or id.
        base_model: an embedded model's name, a model folder, or a hub id.
        provider: where it shall run.
        method: `lora` or `full`.
        hyperparameters: those that differ from the method's defaults.
        seed: of the data order and everything drawn.
        suffix: a name for the job and its model; made up from the dataset's if None.
        validation: the dataset version to evaluate on; None takes `name/validation` when training
            on `name/train`, if it exists.
    """

    dataset: str
    base_model: str
    provider: str = "local"
    method: str = "lora"
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    suffix: str | None = None
    validation: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with everything looked up and settled, before anything is recorded or started."""

    request: TrainingRequest
    name: str
    dataset: DatasetRow
    validation: DatasetRow | None
    hyperparameters: Hyperparameters
    total_steps: int


def plan(lab: Lab, request: TrainingRequest) -> Plan:
    """Look everything up and settle what would be trained.

    Raises:
        NotFoundError: if a dataset version does not exist.
        LabError: if a hyperparameter is out of bounds or the base model is none.
    """
    from engine import base_models
    from engine.training.plan import hyperparameters_for

    reader = lab.database.reader
    dataset = datasets.dataset(reader, request.dataset)
    base_models.check(request.base_model)
    settled = hyperparameters_for(request.method, dict(request.hyperparameters))
    return Plan(
        request=request,
        name=request.suffix or _free_name(lab, dataset.name),
        dataset=dataset,
        validation=_validation(lab, request, dataset),
        hyperparameters=settled,
        total_steps=settled.total_steps(dataset.examples),
    )
