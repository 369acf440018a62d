"""Questions about the tags of model versions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Holder:
    """A model that has a tag."""

    model: str
    name: str
    gone: bool


@dataclass(frozen=True, slots=True)
class TagMove:
    """A tag that a model got or lost, and why.

    Attributes:
        seq: of the event that tells it.
        at: when that was.
        actor: who did it.
        tag: the tag.
        given: whether it was given; otherwise it was taken away.
        reason: in words, if anybody gave one.
        other: the models, by their ids, that lost it to this one, or the one that it moved to.
        because: the comparisons that spoke for it, as `store.events.TagComparison` has them.
    """

    seq: int
    at: str
    actor: str
    tag: str
    given: bool
    reason: str | None = None
    other: tuple[str, ...] = ()
    because: tuple[dict[str, Any], ...] = ()


def holders(connection: sqlite3.Connection, tag: str) -> list[Holder]:
    """Return the models that have a tag, the newest first."""
    rows = connection.execute(
        "SELECT model.id, model.name, model.gone_at IS NOT NULL FROM model_tag "
        "JOIN model ON model.id = model_tag.model WHERE tag = ? ORDER BY model.id DESC",
        (tag,),
    )
    return [Holder(model, name, bool(gone)) for model, name, gone in rows]


def only_holders(connection: sqlite3.Connection) -> dict[str, str]:
    """Return of every tag that a single model has what that is called."""
    rows = connection.execute(
        "SELECT tag, MIN(model.name) FROM model_tag JOIN model ON model.id = model_tag.model "
        "GROUP BY tag HAVING COUNT(*) = 1"
    )
    return {str(tag): str(name) for tag, name in rows}


def tag_moves(connection: sqlite3.Connection, model: str) -> list[TagMove]:
    """Return every tag that a model got or lost, the newest first."""
    rows = connection.execute(
        "SELECT seq, occurred, actor, type, data FROM event WHERE stream = ? "
        "AND +type IN ('ModelTagged', 'ModelUntagged') ORDER BY version DESC",
        (f"model/{model}",),
    )
    return [_move(*row) for row in rows]


def _move(seq: int, at: str, actor: str, type_name: str, data: str) -> TagMove:
    said = json.loads(data)
    moved_to = said.get("moved_to")
    return TagMove(
        seq,
        at,
        actor,
        said["tag"],
        type_name == "ModelTagged",
        said.get("reason"),
        tuple(said.get("moved_from", ())) if moved_to is None else (moved_to,),
        tuple(said.get("because", ())),
    )
