"""Questions about model versions."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model version with its lineage; losses are nats a token on `evaluated_examples` rows."""

    id: str
    name: str
    kind: str
    base_model: str
    job: str | None
    dataset: str | None
    hyperparameters_json: str
    path: str | None
    provider: str
    remote_id: str | None
    retires_on: str | None
    gone_at: str | None
    gone_reason: str | None
    loss_before: float | None
    loss_after: float | None
    perplexity_before: float | None
    perplexity_after: float | None
    accuracy_before: float | None
    accuracy_after: float | None
    evaluated_examples: int | None
    registered_at: str


_COLUMNS = ", ".join(ModelRow.__slots__)


def model_list(connection: sqlite3.Connection) -> list[ModelRow]:
    """Return every model version, newest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM model ORDER BY registered_at DESC, id DESC")
    return [ModelRow(*row) for row in rows]


def model(connection: sqlite3.Connection, reference: str) -> ModelRow:
    """Return one model version by id, name or unique beginning.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "model", reference)
    query = f"SELECT {_COLUMNS} FROM model WHERE id = ?"
    return ModelRow(*connection.execute(query, (found,)).fetchone())
