"""Questions about model versions."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from store.errors import AmbiguousError
from store.queries.find import find, names_and_ids
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
    """Return one model version by id, name, a tag that it alone has, or unique beginning.

    Of the models with a tag, those that are gone count only where no other has it.

    Raises:
        NotFoundError: if there is none.
        AmbiguousError: if several have the tag, or begin so.
    """
    found = tagged(connection, reference) or find(connection, "model", reference)
    query = f"SELECT {_COLUMNS} FROM model WHERE id = ?"
    return _row(connection.execute(query, (found,)).fetchone())


def tagged(connection: sqlite3.Connection, tag: str) -> str | None:
    """Return the id of the model that a tag means; None if it means none.

    An id and a name are stronger: what is called so is not meant by a tag.

    Raises:
        AmbiguousError: if several models have it.
    """
    holders = connection.execute(
        "SELECT model.id, model.name FROM model_tag JOIN model ON model.id = model_tag.model "
        "WHERE tag = ?1 AND NOT EXISTS (SELECT 1 FROM model WHERE id = ?1 OR name = ?1) "
        "AND (model.gone_at IS NULL OR NOT EXISTS (SELECT 1 FROM model_tag AS other "
        "JOIN model AS living ON living.id = other.model "
        "WHERE other.tag = ?1 AND living.gone_at IS NULL)) ORDER BY model.id DESC LIMIT 6",
        (tag,),
    ).fetchall()
    if len(holders) > 1:
        names = ", ".join(f"{name} ({model})" for model, name in holders)
        raise AmbiguousError(
            f"several models are tagged '{tag}': {names}. Name one of them, or move the tag to "
            f"it: `ftlab models tag MODEL {tag} --move`"
        )
    return str(holders[0][0]) if holders else None


def model_at(connection: sqlite3.Connection, provider: str, remote_id: str) -> ModelRow | None:
    """Return the model version that a provider calls so; None if none is known."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM model WHERE remote_id = ? AND provider = ?", (remote_id, provider)
    )
    found = rows.fetchone()
    return None if found is None else _row(found)


def model_references(connection: sqlite3.Connection) -> list[str]:
    """Return everything that a model version can be called, for completion."""
    tags = (row[0] for row in connection.execute("SELECT DISTINCT tag FROM model_tag"))
    return sorted({*names_and_ids(connection, "model"), *tags})


def _row(values: tuple[Any, ...]) -> ModelRow:
    *known, tags = values
    return ModelRow(*(*known, split_tags(tags)))


def models_may_differ(connection: sqlite3.Connection, after: int) -> bool:
    """Tell whether anything but measurements was recorded after the event of this seq."""
    query = "SELECT 1 FROM event WHERE seq > ? AND type <> 'MetricsRecorded' LIMIT 1"
    return connection.execute(query, (after,)).fetchone() is not None
