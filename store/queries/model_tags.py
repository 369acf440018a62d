"""Questions about the tags of model versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

BETWEEN = ","
"""What stands between tags in one text; no tag has it."""


def tags_of(model: str) -> str:
    """Return the tags of a model in SQL, as one text in the order of the alphabet; empty if none.

    Args:
        model: an SQL expression of the model's id.
    """
    return (
        f"COALESCE((SELECT GROUP_CONCAT(tag, '{BETWEEN}') FROM (SELECT tag FROM model_tag "
        f"WHERE model_tag.model = {model} ORDER BY tag)), '')"
    )


def split_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a text that `tags_of` made."""
    return tuple(text.split(BETWEEN)) if text else ()


def tag_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return every tag, those of the most models first, with how many models have it."""
    rows = connection.execute(
        "SELECT tag, COUNT(*) FROM model_tag GROUP BY tag ORDER BY COUNT(*) DESC, tag"
    )
    return {str(tag): int(count) for tag, count in rows}


def tags_by_model(
    connection: sqlite3.Connection, models: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    """Return the tags of each of these models."""
    query = "SELECT tag FROM model_tag WHERE model = ?"
    return {
        model: frozenset(str(row[0]) for row in connection.execute(query, (model,)))
        for model in models
    }
