"""Searching jobs, in the language of `store.queries.searching`."""

from __future__ import annotations

from store.job_status import STATUSES
from store.queries.searching import Condition, Language, all_of, asked_texts

JOBS = Language(
    thing="a job",
    texts={
        "status": "job.status",
        "name": "job.name",
        "id": "job.id",
        "provider": "job.provider",
        "model": "job.base_model",
        "method": "job.method",
        "dataset": "dataset_version.name || '@' || dataset_version.version",
        "remote": "job.remote_id",
        "reason": "job.reason",
        "made": "job.model",
    },
    numbers={
        "loss": "job.loss",
        "eval_loss": "job.eval_loss",
        "step": "job.step",
        "steps": "job.total_steps",
        "progress": "100.0 * job.step / NULLIF(job.total_steps, 0)",
        "cost": "COALESCE(job.cost, job.estimate)",
        "tokens": "job.trained_tokens",
        "attempt": "job.attempt",
        "seed": "job.seed",
        "examples": "dataset_version.examples",
    },
    times={
        "planned": "job.planned_at",
        "started": "job.started_at",
        "ended": "job.ended_at",
        "updated": "job.updated_at",
        "age": "job.planned_at",
    },
    anywhere=("name", "model", "dataset", "id", "remote", "tag"),
    lists={"tag": "SELECT tag AS value FROM model_tag WHERE model_tag.model = job.model"},
)
"""Over `job` left joined with `dataset_version`."""


def search(text: str, *, status: str | None = None, provider: str | None = None) -> Condition:
    """Return which jobs a search asks for; an empty one asks for all.

    Args:
        text: the terms.
        status: the only status that is wanted beside them.
        provider: likewise.

    Raises:
        SearchError: if a term cannot be understood.
    """
    given = (("job.status", status), ("job.provider", provider))
    beside = [Condition(f"{column} = ?", (value,)) for column, value in given if value is not None]
    return all_of([JOBS.search(text), *beside])


def unknown_statuses(text: str) -> list[str]:
    """Return what a search asks of the status of jobs that no job can have."""
    return [
        wanted
        for sign, wanted in asked_texts(text, "status")
        if not any(_has(status, sign, wanted.lower()) for status in STATUSES)
    ]


def _has(status: str, sign: str, wanted: str) -> bool:
    return status == wanted if sign == "=" else wanted in status
