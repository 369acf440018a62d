"""Model versions as files: their lineage, and a local model's weights where they are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import LONGEST, MODELS, WEIGHTS, is_member_name, safe
from engine.archive.members import Member, file_member
from engine.errors import LabError
from engine.places import Places
from store.queries.datasets import DatasetRow, lineage
from store.queries.jobs import jobs_by_id
from store.queries.models import ModelRow, model_list


def model_members(desk: Desk) -> Iterator[Member]:
    """Give a file for each model that is wanted."""
    for model in _wanted(desk):
        desk.counts["models"] += 1
        stem = (
            f"{MODELS}/{safe(model.name).replace('/', '_')}.{safe(model.id, 24).replace('/', '_')}"
        )
        name = f"{desk.names.claim(stem)}.json"
        facts = {**facts_of(model), "lineage": _lineage(desk, model)}
        yield desk.document(name, model.gone_at or model.registered_at, facts)


def weight_members(desk: Desk, places: Places) -> Iterator[Member]:
    """Give the files of every local model that is wanted and is here.

    Raises:
        LabError: if a file has a name that archives do not take.
    """
    for model in _wanted(desk):
        folder = places.model(model.id)
        if model.path is None or places.home / model.path != folder:
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield file_member(_weight_name(model.id, folder, path), path, model.registered_at)


def _wanted(desk: Desk) -> list[ModelRow]:
    models = sorted(model_list(desk.connection), key=lambda model: model.id)
    return [model for model in models if desk.wants(f"model/{model.id}")]


def _weight_name(model: str, folder: Path, path: Path) -> str:
    name = f"{WEIGHTS}/{model}/{path.relative_to(folder).as_posix()}"
    if not is_member_name(name) or len(name) > LONGEST:
        raise LabError(f"{path} has a name that archives do not take: rename it or move it away")
    return name


def _lineage(desk: Desk, model: ModelRow) -> dict[str, Any]:
    """Return what a model came of, by names that stand in other files of the archive."""
    jobs = jobs_by_id(desk.connection, [model.job] if model.job else [])
    trained_on = desk.versions.get(model.dataset or "")
    return {
        "base_model": model.base_model,
        "job": next(({"id": job.id, "name": job.name} for job in jobs), None),
        "dataset": facts_of(trained_on) if trained_on else None,
        "comes_of": _ancestors(desk, trained_on) if trained_on else [],
    }


def _ancestors(desk: Desk, version: DatasetRow) -> list[dict[str, Any]]:
    relatives = lineage(desk.connection, version.id)
    return [facts_of(row) for row in relatives if row.distance > 0]
