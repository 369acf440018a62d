"""Questions about model versions."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from store.queries.find import find
from store.queries.model_tags import split_tags, tags_of


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model version with its lineage; losses are nats a token on `evaluated_examples` rows.

    Tags are in the order of the alphabet.
    """

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
    tags: tuple[str, ...] = ()


_COLUMNS = f"{', '.join(ModelRow.__slots__[:-1])}, {tags_of('model.id')}"


def model_list(connection: sqlite3.Connection, tag: str | None = None) -> list[ModelRow]:
    """Return every model version, or those with a tag, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM model WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM model_tag "
        "WHERE model_tag.model = model.id AND tag = ?1) ORDER BY registered_at DESC, id DESC",
        (tag,),
    )
    return [_row(row) for row in rows]


def model(connection: sqlite3.Connection, reference: str) -> ModelRow:
    """Return one model version by id, name or unique beginning.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "model", reference)
    query = f"SELECT {_COLUMNS} FROM model WHERE id = ?"
    return _row(connection.execute(query, (found,)).fetchone())


def _row(values: tuple[Any, ...]) -> ModelRow:
    *known, tags = values
    return ModelRow(*(*known, split_tags(tags)))


def models_may_differ(connection: sqlite3.Connection, after: int) -> bool:
    """Tell whether anything but measurements was recorded after the event of this seq."""
    query = "SELECT 1 FROM event WHERE seq > ? AND type <> 'MetricsRecorded' LIMIT 1"
    return connection.execute(query, (after,)).fetchone() is not None
