"""Jobs and their metrics as tables and fields for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui import formats, wording
from tui.cli.output import print_fields, print_table
from tui.environment_lines import environment_fields
from tui.ink import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from store.queries.jobs import JobDetail, JobSummary
    from store.queries.metrics import SeriesSummary
    from store.queries.models import ModelRow


def print_jobs(found: list[JobSummary]) -> None:
    """Print jobs, one a line."""
    now = datetime.now(UTC)
    print_table(
        ["", "job", "status", "~base model", ">step", ">loss", "age", "id"],
        (
            [
                look(job.status).glyph,
                job.name,
                job.status,
                formats.short_model(job.base_name or job.base_model),
                f"{job.step}/{job.total_steps}" if job.total_steps else str(job.step),
                formats.number(job.loss),
                formats.age(job.planned_at, now),
                job.id,
            ]
            for job in found
        ),
    )


def print_detail(
    detail: JobDetail,
    saved: list[int],
    stages: Sequence[ModelRow] = (),
    waits: str | None = None,
) -> None:
    """Print everything about a job.

    Args:
        detail: the job.
        saved: the steps of its checkpoints; a run keeps the newest two.
        stages: the model versions that it goes on from, the nearest first.
        waits: where it waits in the queue of this machine, if it does.
    """
    hyperparameters = json.loads(detail.hyperparameters_json)
    print_fields(
        [
            ("job", f"{detail.name}  {detail.id}"),
            ("status", f"{look(detail.status).glyph} {detail.status}"),
            ("queue", waits),
            ("reason", detail.reason),
            ("base model", f"{detail.base_model} ({detail.method}, {detail.provider})"),
            *(("goes on from", f"{stage.name}  {stage.id}") for stage in stages),
            ("there", _there(detail)),
            ("asked for", detail.requested),
            ("dataset", _dataset(detail)),
            ("validation", detail.validation),
            ("model", detail.model),
            ("step", f"{detail.step} of {detail.total_steps or '?'}, attempt {detail.attempt}"),
            ("checkpoints", ", ".join(map(str, saved[-2:])) or None),
            ("planned", wording.local_time(detail.planned_at)),
            ("started", detail.started_at and wording.local_time(detail.started_at)),
            ("ended", detail.ended_at and wording.local_time(detail.ended_at)),
            ("expected end", _local(detail.estimated_finish)),
            ("trained tokens", f"{detail.trained_tokens:,}" if detail.trained_tokens else None),
            ("estimate", _dollars(detail.estimate)),
            ("cost", _dollars(detail.cost)),
            *((name, _setting(value)) for name, value in hyperparameters.items()),
            ("seed", None if detail.seed is None else str(detail.seed)),
            *environment_fields(detail),
        ]
    )


def _setting(value: object) -> str:
    """Return a hyperparameter as people write it; what JSON alone can say stays JSON."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value)


def _there(detail: JobDetail) -> str | None:
    """Say what a hosted job is called at its service, and what the service says of it."""
    if detail.provider in ("local", "script") or detail.remote_id is None:
        return None
    said = detail.reported_status
    return f"{detail.remote_id}, {said}" if said else detail.remote_id


def _local(moment: str | None) -> str | None:
    return wording.local_time(moment) if moment else None


def _dollars(amount: float | None) -> str | None:
    return None if amount is None else f"${amount:,.2f}"


def _dataset(detail: JobDetail) -> str | None:
    if detail.dataset_name is None:
        return detail.dataset
    return f"{detail.dataset_name}@{detail.dataset_version}  {detail.dataset}"


def print_summaries(metrics: list[SeriesSummary]) -> None:
    """Print a job's metrics, each with its last value and its extremes."""
    print_table(
        ["metric", ">last", ">lowest", ">at step", ">highest", ">at step", ">points"],
        (
            [
                metric.name,
                formats.number(metric.last),
                formats.number(metric.low),
                formats.count(metric.low_step),
                formats.number(metric.high),
                formats.count(metric.high_step),
                formats.count(metric.count),
            ]
            for metric in metrics
        ),
    )
