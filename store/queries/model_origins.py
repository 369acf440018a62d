"""What model versions were made of, beyond what their own rows say."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelOrigin:
    """What is known of where a model version comes from; None where nothing is.

    Attributes:
        goes_on_from: the id of the model version that its job went on from.
        rebuilds: the id of the model version that it was to be like.
        trained_on: the dataset version as people call it, `name@version`.
        eval_loss: the last evaluation of its job, in nats.
    """

    goes_on_from: str | None = None
    rebuilds: str | None = None
    trained_on: str | None = None
    eval_loss: float | None = None


UNKNOWN = ModelOrigin()
"""Nothing is known."""


def model_origins(connection: sqlite3.Connection) -> dict[str, ModelOrigin]:
    """Return what is known of every model version's origin, by its id."""
    rows = connection.execute(
        "SELECT model.id, json_extract(job.options_json, '$.from'), "
        "json_extract(job.options_json, '$.recreates'), "
        "dataset_version.name || '@' || dataset_version.version, job.eval_loss "
        "FROM model LEFT JOIN job ON job.id = model.job "
        "LEFT JOIN dataset_version ON dataset_version.id = model.dataset"
    )
    return {model: ModelOrigin(*origin) for model, *origin in rows}
