"""Searching model versions, in the language of `store.queries.searching`.

When a model shuts down is not in the log alone: what is known of its base model counts as well. Who
asks gives the days along.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date

from store.queries.searching import Coming, Language

SOON_DAYS = 30
"""Who has fewer days left is about to be shut down."""

_SHUTDOWN = "shutdown.day"
_DAYS_LEFT = f"JULIANDAY({_SHUTDOWN}) - JULIANDAY(today.day)"

_DAYS_TO_COME = f"CASE WHEN model.gone_at IS NULL AND {_DAYS_LEFT} > 0 THEN {_DAYS_LEFT} END"
"""Whoever asks what shuts down within a month wants nothing that has already."""

_STATE = (
    "CASE WHEN model.gone_at IS NOT NULL THEN 'gone' "
    f"WHEN {_DAYS_LEFT} <= 0 THEN 'retired' "
    f"WHEN {_DAYS_LEFT} < {SOON_DAYS} THEN 'retiring' "
    "WHEN model.remote_id IS NOT NULL THEN 'hosted' ELSE 'local' END"
)

MODELS = Language(
    thing="a model",
    texts={
        "name": "model.name",
        "id": "model.id",
        "provider": "model.provider",
        "base": "COALESCE(origin.name, model.base_model)",
        "kind": "model.kind",
        "state": _STATE,
        "dataset": "dataset_version.name || '@' || dataset_version.version",
        "job": "job.name",
        "method": "job.method",
        "remote": "model.remote_id",
    },
    numbers={
        "loss": "COALESCE(model.loss_after, job.eval_loss)",
        "loss_before": "model.loss_before",
        "perplexity": "model.perplexity_after",
        "perplexity_before": "model.perplexity_before",
        "accuracy": "100.0 * model.accuracy_after",
        "examples": "dataset_version.examples",
        "chats": "(SELECT COUNT(*) FROM chat WHERE chat.model = model.id)",
        "recordings": "(SELECT COUNT(*) FROM recording WHERE recording.model = model.id)",
    },
    times={"age": "model.registered_at", "registered": "model.registered_at"},
    anywhere=("name", "base", "dataset", "id", "tag"),
    lists={"tag": "SELECT tag AS value FROM model_tag WHERE model_tag.model = model.id"},
    coming={"retires": Coming(_DAYS_TO_COME, _SHUTDOWN)},
)
"""Over `model` left joined with what it was made of and by, and when it shuts down."""


def models_found(
    connection: sqlite3.Connection, text: str, shutdowns: Mapping[str, str], today: date
) -> set[str]:
    """Return the ids of the models that a search asks for.

    Args:
        connection: where to read.
        text: the terms.
        shutdowns: the day (YYYY-MM-DD) on which a model shuts down, by its id.
        today: from which days are counted.

    Raises:
        SearchError: if a term cannot be understood.
    """
    import json

    wanted = MODELS.search(text)
    rows = connection.execute(
        "WITH shutdown (model, day) AS (SELECT key, value FROM json_each(?)), "
        "today (day) AS (VALUES (?)) "
        "SELECT model.id FROM model CROSS JOIN today "
        "LEFT JOIN shutdown ON shutdown.model = model.id "
        "LEFT JOIN model AS origin ON origin.id = model.base_model "
        "LEFT JOIN job ON job.id = model.job "
        "LEFT JOIN dataset_version ON dataset_version.id = model.dataset "
        f"WHERE {wanted.sql}",
        (json.dumps(dict(shutdowns)), today.isoformat(), *wanted.values),
    )
    return {row[0] for row in rows}
