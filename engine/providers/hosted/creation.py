"""The request that creates a hosted job, the data it names, and how such a job is known again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ProviderError
from engine.providers.hosted import reports
from engine.providers.hosted.equivalents import local_command
from engine.providers.hosted.reports import METADATA_KEY, Report
from store import times
from store.events import JobFailed
from store.events.hosted import FileRole

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.jobs import JobDetail

REINFORCEMENT = "reinforcement"
_CLOCKS_DIFFER = 120.0
"""Seconds by which a service's clock may be behind ours."""


def write_data(lab: Lab, dataset: str, path: Path, job: JobDetail) -> None:
    """Write a dataset version as the JSON Lines that a job of this method takes.

    Raises:
        DataError: if its examples cannot be said so.
    """
    from engine.data.exporting.targets import Target

    legacy = takes_completions(lab, job.base_model)
    lab.datasets.export(
        dataset,
        path,
        Target.PROMPT_COMPLETION if legacy else Target.OPENAI,
        # A grader refers to what stands beside the messages.
        keep_columns=job.method == REINFORCEMENT,
        replace=True,
    )


def takes_completions(lab: Lab, model: str) -> bool:
    """Tell whether a model trains on prompts with completions, as OpenAI's older ones do."""
    from engine.pricing.catalogue import catalogue

    figures = catalogue(lab.places.prices).get(model)
    return figures is not None and figures.trains_on == "completion"


def request(job: JobDetail, files: dict[FileRole, str]) -> dict[str, Any]:
    """Return the parameters of `fine_tuning.jobs.create` (OpenAI's API reference, "Fine-tuning").

    Args:
        job: the planned job.
        files: the service's names for its files.
    """
    options: dict[str, Any] = json.loads(job.options_json)
    own: dict[str, Any] = {"hyperparameters": json.loads(job.hyperparameters_json)}
    if job.method == REINFORCEMENT:
        own["grader"] = options.get("grader")
    wished = {name: options[name] for name in ("suffix", "integrations") if options.get(name)}
    if "validation" in files:
        wished["validation_file"] = files["validation"]
    if job.seed is not None:
        wished["seed"] = job.seed
    return {
        "model": job.base_model,
        "training_file": files["training"],
        "method": {"type": job.method, job.method: own},
        "metadata": {METADATA_KEY: job.id},
        **wished,
    }


def is_of_plan(report: Report, job: JobDetail, files: dict[FileRole, str]) -> bool:
    """Tell whether a service's job is the one that was asked for.

    Some services keep no metadata; there it is a job on our own file made since we asked.
    """
    if report.get("metadata"):
        return reports.known_job(report) == job.id
    same = report.get("training_file") == files.get("training")
    return same and not is_older(report, job)


def is_older(report: Report, job: JobDetail) -> bool:
    """Tell whether a service's job was made before this one was asked for."""
    created = reports.moment(report.get("created_at"))
    if created is None or job.creation_requested_at is None:
        return True
    late = (created - times.from_text(job.creation_requested_at)).total_seconds()
    return late < -_CLOCKS_DIFFER


def refusal(job: JobDetail, error: ProviderError) -> JobFailed:
    """Return the failure that a refused creation is, with what can be done instead."""
    instead = []
    if error.kind == "closed":
        instead.append(
            "The same dataset can be trained on this machine, with hyperparameters that come near:"
            f"\n  {local_command(job)}"
        )
    files = list(filter(None, (job.training_file, job.validation_file)))
    if files:
        instead.append(
            f"What was uploaded stays at {job.provider} ({', '.join(files)}). To remove it:"
            f"\n  ftlab files delete --of {job.name}"
        )
    details = "\n".join(instead) or None
    return JobFailed(error=str(error), code=error.code, param=error.param, details=details)
