"""How long a training will probably take, by those that were done before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from engine.planning import LOCAL
from store import job_status
from store.queries import jobs
from store.times import from_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from engine.planning import Plan
    from store.queries.jobs import JobDetail

_LOOKED_AT = 500
"""How many of the newest jobs are looked through."""
_COMPARED = 20
"""How many of the same base model are compared."""
_LEAST_STEPS = 3


@dataclass(frozen=True, slots=True)
class Duration:
    """About how long a training takes.

    Attributes:
        seconds: from its start to its end.
        job: the name of the job by which that was reckoned.
        each: how many seconds it took for an example, or for a million tokens at a service.
        same_data: whether that job learned from the same dataset version.
    """

    seconds: float
    job: str
    each: float
    same_data: bool


def expected(connection: sqlite3.Connection, plan: Plan) -> Duration | None:
    """Return how long a planned training takes; None if nothing like it was done before.

    It goes by the newest job of the same base model, method and place that ran without a break,
    those on the same dataset version first.
    """
    alike = list(islice(_alike(connection, plan), _COMPARED))
    alike.sort(key=lambda job: job.dataset != plan.dataset.id)
    found = (_by(job, plan) for job in alike)
    return next((duration for duration in found if duration is not None), None)


def _alike(connection: sqlite3.Connection, plan: Plan) -> Iterator[JobDetail]:
    request = plan.request
    for job in jobs.job_list(connection, provider=request.provider, limit=_LOOKED_AT):
        same = (job.base_model, job.method) == (request.base_model, plan.method)
        if same and job.started_at is not None:
            yield jobs.job_detail(connection, job.id)


def _by(job: JobDetail, plan: Plan) -> Duration | None:
    """Return how long it takes if it goes as in a job before; None if that one tells nothing."""
    took = _took(job)
    if took is None:
        return None
    same = job.dataset == plan.dataset.id
    if plan.request.provider == LOCAL:
        settings = json.loads(job.hyperparameters_json)
        wanted = plan.total_steps
        if wanted is None or settings.get("packing") or job.step < _LEAST_STEPS:
            return None
        each = took / (job.step * _examples_a_step(settings))
        of_plan = wanted * _examples_a_step(plan.hyperparameters)
        return Duration(each * of_plan, job.name, each, same)
    if not job.trained_tokens or plan.estimate is None:
        return None
    billed = plan.estimate.billed_tokens * plan.estimate.epochs
    each = took / job.trained_tokens
    return Duration(each * billed, job.name, each * 1e6, same)


def _took(job: JobDetail) -> float | None:
    """Return the seconds of a job that ran in one go, to its end or until it was stopped."""
    if job.attempt > 1 or job.started_at is None:
        return None
    end = job.ended_at if job.status in (job_status.SUCCEEDED, job_status.CANCELLED) else None
    if end is None:
        return None
    seconds = (from_text(end) - from_text(job.started_at)).total_seconds()
    return seconds if seconds > 0 else None


def _examples_a_step(settings: dict[str, object]) -> int:
    """Return how many examples, or packed rows, each device takes in a step."""
    found = 1
    for name in ("batch_size", "gradient_accumulation"):
        value = settings.get(name)
        found *= value if isinstance(value, int) and value > 0 else 1
    return found
