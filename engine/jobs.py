"""Planning, starting, cancelling and resuming jobs: intent into the log first, then the act."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import JobStateError, LabError, RequestError
from engine.poller import Poller
from store import job_status
from store.errors import StoreError, StreamConflictError
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
        validation: the dataset version to evaluate on; None takes the validation part of the split
            that made the dataset version, if there is one.
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
    """A request with everything looked up and settled; nothing is recorded or started yet."""

    request: TrainingRequest
    name: str
    dataset: DatasetRow
    validation: DatasetRow | None
    hyperparameters: Hyperparameters
    total_steps: int


def plan(lab: Lab, request: TrainingRequest) -> Plan:
    """Look everything up and settle what would be trained.

    Raises:
        NotFoundError: if a dataset version or the base model does not exist.
        RequestError: if there is no such provider, the name is taken, or a hyperparameter is out
            of bounds.
    """
    from engine import base_models
    from engine.training.plan import hyperparameters_for

    lab.provider(request.provider)
    _check_name(lab, request.suffix)
    request = replace(request, base_model=_settled(request.base_model))
    dataset = datasets.dataset(lab.database.reader, request.dataset)
    if request.provider == "local":
        _check_kind(dataset)
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


def _check_name(lab: Lab, suffix: str | None) -> None:
    if suffix is None:
        return
    if not (suffix.strip() and suffix.isprintable()):
        raise RequestError(f"{suffix!r} cannot name a job: write it in printable characters")
    if any(job.name == suffix for job in jobs.job_list(lab.database.reader)):
        raise RequestError(f"there is a job called {suffix} already: choose another name")


def _check_kind(dataset: DatasetRow) -> None:
    if dataset.kind != "chat":
        raise RequestError(
            f"{dataset.name}@{dataset.version} has {dataset.kind} examples: training on this "
            "machine takes chat examples"
        )


def _settled(base_model: str) -> str:
    """Return a base model as it can be found from anywhere: a folder by its whole path."""
    from engine import base_models

    folder = Path(base_model).expanduser()
    if base_model != base_models.EMBEDDED and folder.is_dir():
        return str(folder.resolve())
    return base_model


def _validation(lab: Lab, request: TrainingRequest, dataset: DatasetRow) -> DatasetRow | None:
    if request.validation is not None:
        return datasets.dataset(lab.database.reader, request.validation)
    # Only what the same split set apart: another split's part may hold rows of this one.
    parts = datasets.split_beside(lab.database.reader, dataset.id)
    if parts.get("train") != dataset.id or "validation" not in parts:
        return None
    return datasets.dataset(lab.database.reader, parts["validation"])


def _free_name(lab: Lab, dataset: str) -> str:
    """Make up a name such as `gsm8k-train-3`, one after the highest taken."""
    stem = dataset.replace("/", "-")
    numbered = re.compile(re.escape(stem) + r"-(\d+)")
    taken = (numbered.fullmatch(job.name) for job in jobs.job_list(lab.database.reader))
    return f"{stem}-{max((int(match[1]) for match in taken if match), default=0) + 1}"


def start(lab: Lab, plan: Plan, progress: Progress | None = None) -> str:
    """Record a plan and start it; return the job's id.

    Raises:
        LabError: if the job could not be started; that is then recorded as its failure.
    """
    from engine import base_models
    from store.events import JobPlanned

    request = plan.request
    if request.provider == "local":
        base_models.resolve(request.base_model, lab.places.home, progress)
    job = new_id("job")
    planned = JobPlanned(
        name=plan.name,
        provider=request.provider,
        base_model=request.base_model,
        method=request.method,
        hyperparameters=plan.hyperparameters.model_dump(mode="json"),
        dataset=plan.dataset.id,
        validation=plan.validation.id if plan.validation else None,
        seed=request.seed,
        model=new_id("mdl"),
        total_steps=plan.total_steps,
    )
    lab.log.append(f"job/{job}", planned, expected=0)
    detail = jobs.job_detail(lab.database.reader, job)
    _act(lab, detail, lambda: lab.provider(detail.provider).submit(detail))
    return job


def cancel(lab: Lab, reference: str) -> None:
    """Ask a job to stop; what comes of it arrives by polling.

    Raises:
        JobStateError: if the job is not active.
    """
    from store.events import JobCancelRequested

    detail = _fresh(lab, reference)
    if detail.status not in job_status.ACTIVE:
        raise JobStateError(f"{detail.name} is {detail.status}: there is nothing to cancel")
    lab.log.append(f"job/{detail.id}", JobCancelRequested())
    lab.provider(detail.provider).cancel(detail)


def resume(lab: Lab, reference: str) -> None:
    """Go on with a job that ended without a result, from its newest whole checkpoint.

    Raises:
        JobStateError: if the job is active or has succeeded.
        LabError: if it cannot go on (what it needs is missing), of which nothing is recorded; or if
            it could not be started after all, which is then recorded as its failure.
    """
    from store.events import JobResumed

    detail = _fresh(lab, reference)
    if detail.status not in job_status.RESUMABLE:
        raise JobStateError(
            f"{detail.name} is {detail.status}: only interrupted, cancelled and failed jobs "
            "can be resumed"
        )
    provider = lab.provider(detail.provider)
    try:
        step = provider.resumable_step(detail)
    except (OSError, StoreError, ValueError) as error:
        raise LabError(f"{detail.name} cannot go on: {error}") from error
    resumed = JobResumed(attempt=detail.attempt + 1, from_step=step)
    try:
        lab.log.append(f"job/{detail.id}", resumed, expected=detail.version)
    except StreamConflictError:
        raise JobStateError(f"somebody else acted on {detail.name} just now: look again") from None
    again = jobs.job_detail(lab.database.reader, detail.id)
    _act(lab, again, lambda: provider.resume(again, step))


def _fresh(lab: Lab, reference: str) -> JobDetail:
    """Return a job as it stands now, its latest news taken in."""
    found = jobs.job_detail(lab.database.reader, reference)
    if found.status in job_status.ACTIVE:
        Poller(lab).look_at(found.id)
    return jobs.job_detail(lab.database.reader, found.id)


def _act(lab: Lab, job: JobDetail, act: Callable[[], str]) -> None:
    """Do what was recorded as intended, and record that it was done or why it failed."""
    from store.events import JobFailed, JobSubmitted

    stream = f"job/{job.id}"
    try:
        remote_id = act()
    except (OSError, LabError, StoreError, ValueError) as error:
        lab.log.append(stream, JobFailed(error=f"it could not be started: {error}"))
        raise LabError(f"{job.name} could not be started: {error}") from error
    lab.log.append(stream, JobSubmitted(remote_id=remote_id))
