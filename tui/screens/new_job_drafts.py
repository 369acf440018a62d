"""What the form of a new job begins with: what was left in it, or what another job did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.base_models import EMBEDDED, FROM_SCRATCH
from engine.planning import LOCAL, SCRIPT
from engine.stages import FROM
from store.errors import NotFoundError
from store.queries import datasets, jobs, models
from tui.command_line import NO, YES, Draft
from tui.screens.new_job_fields import by_name

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab
    from store.queries.jobs import JobDetail

_KEPT: WeakKeyDictionary[Lab, dict[str | None, dict[str, str]]] = WeakKeyDictionary()
"""What was left in the form, by the job that it was like."""

_SETTLED_BY_START = ("epochs", "batch_size", "gradient_accumulation", "learning_rate")
"""What has other usual values where a job begins with random weights or an earlier model."""
_THEIR_NAMES = {"n_epochs": "epochs"}


def kept(lab: Lab, like: str | None) -> dict[str, str] | None:
    """Return what was left in the form while this lab is open; None if nothing was."""
    found = _KEPT.get(lab, {}).get(like)
    return None if found is None else dict(found)


def keep(lab: Lab, like: str | None, draft: Draft) -> None:
    """Keep what is left in the form for its next opening."""
    _KEPT.setdefault(lab, {})[like] = dict(draft)


def forget(lab: Lab, like: str | None) -> None:
    """Begin anew at the next opening."""
    _KEPT.get(lab, {}).pop(like, None)


def usual(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what a form begins with: the base model that was trained last on this machine."""
    for job in jobs.job_list(connection, provider=LOCAL, limit=1):
        if not job.base_model.startswith("mdl_"):
            return {"model": job.base_model}
    return {"model": EMBEDDED}


def draft_like(connection: sqlite3.Connection, reference: str) -> dict[str, str]:
    """Return a draft of the same job once more, its name apart; usual values are left out.

    A grader was read from a file that is not known any more, and has to be named again.

    Raises:
        NotFoundError: if there is no such job.
    """
    job = jobs.job_detail(connection, reference)
    options: dict[str, Any] = json.loads(job.options_json)
    here = job.provider in (LOCAL, SCRIPT)
    draft = {
        "dataset": _named(connection, job.dataset),
        "provider": "" if here else job.provider,
        "method": "" if job.provider == SCRIPT else job.method,
        "seed": str(job.seed) if job.seed else "",
        "validation": _own_validation(connection, job),
        **_start(connection, job, options),
        **_chosen(job, went_on=FROM in options),
    }
    if project := _project(options):
        draft["wandb"] = project
    return {name: text for name, text in draft.items() if text}


def _start(
    connection: sqlite3.Connection, job: JobDetail, options: Mapping[str, Any]
) -> dict[str, str]:
    if FROM not in options:
        return {"model": job.base_model}
    try:
        return {"earlier": models.model(connection, options[FROM]).name}
    except NotFoundError:
        return {"earlier": options[FROM]}


def _named(connection: sqlite3.Connection, version: str | None) -> str:
    if version is None:
        return ""
    try:
        row = datasets.dataset(connection, version)
    except NotFoundError:
        return version
    return f"{row.name}@{row.version}"


def _own_validation(connection: sqlite3.Connection, job: JobDetail) -> str:
    """Return what a job was evaluated on, unless that comes by itself with its dataset."""
    if job.validation is None or job.dataset is None:
        return _named(connection, job.validation)
    parts = datasets.split_beside(connection, job.dataset)
    comes = parts.get("train") == job.dataset and parts.get("validation") == job.validation
    return "" if comes else _named(connection, job.validation)


def _chosen(job: JobDetail, *, went_on: bool) -> dict[str, str]:
    """Return the hyperparameters of a job that are not the usual ones, as they are written."""
    found: dict[str, Any] = json.loads(job.hyperparameters_json)
    usual = _usual(job.method) if job.provider == LOCAL else {}
    always = went_on or job.base_model in FROM_SCRATCH
    chosen = {}
    for theirs, value in found.items():
        name = _THEIR_NAMES.get(theirs, theirs)
        field = by_name().get(name)
        if field is None or value in (None, "auto"):
            continue
        if name in usual and value == usual[name] and not (always and name in _SETTLED_BY_START):
            continue
        chosen[name] = _written(value)
    return chosen


def _usual(method: str) -> Mapping[str, Any]:
    from engine.errors import LabError
    from engine.training.plan import hyperparameters_for

    try:
        return hyperparameters_for(method, {}).model_dump(mode="json")
    except LabError:
        return {}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _project(options: Mapping[str, Any]) -> str | None:
    for each in options.get("integrations") or ():
        project = each.get("wandb", {}).get("project") if isinstance(each, dict) else None
        if project:
            return str(project)
    return None
