"""Questions about what is compared: what was told of it lately, and what its models answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.errors import AmbiguousError


@dataclass(frozen=True, slots=True)
class SaidRow:
    """What a model said to a prompt at temperature 0, without what only an audit asks for.

    `request` tells answers to the same prompt with other settings apart; `error` is why there is
    no answer.
    """

    model: str
    prompt: str
    request: str
    content: str | None
    tool_calls_json: str
    refusal: str | None
    finish_reason: str | None
    completion_tokens: int | None
    seconds: float | None
    cost: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class OtherModel:
    """A model that is not in the list: a base model, or one at a service.

    `recorded_as` is what its answers and scores are recorded under, `name` what it is called.
    """

    recorded_as: str
    name: str


_SAID = ", ".join(SaidRow.__slots__)


def is_model(connection: sqlite3.Connection, model: str) -> bool:
    """Tell whether this is exactly the id of a model version."""
    return bool(connection.execute("SELECT 1 FROM model WHERE id = ?", (model,)).fetchone())


def is_named(connection: sqlite3.Connection, reference: str) -> bool:
    """Tell whether this is exactly the id or the name of a job or a model version."""
    known = "SELECT 1 FROM {} WHERE ?1 IN (id, name)"
    query = f"{known.format('job')} UNION ALL {known.format('model')} LIMIT 1"
    return connection.execute(query, (reference,)).fetchone() is not None


def other_model(connection: sqlite3.Connection, name: str) -> OtherModel | None:
    """Return a model of this whole name that is not in the list but was asked something.

    Args:
        connection: where to read.
        name: the one that it has at its provider, with or without that before it (`local/base`).

    Raises:
        AmbiguousError: if several providers have a model of this name.
    """
    asked = "SELECT model, name FROM {} WHERE model LIKE '%/%' AND ?1 IN (model, name, remote_id)"
    query = f"{asked.format('evaluation')} UNION {asked.format('recording')}"
    found = {str(row[0]): str(row[1]) for row in connection.execute(query, (name,))}
    if name in found:
        found = {name: found[name]}
    if len(found) > 1:
        raise AmbiguousError(f"'{name}' fits several: {', '.join(found)}. Type the whole of one.")
    return next((OtherModel(*each) for each in found.items()), None)


def said_by(connection: sqlite3.Connection, models: Iterable[str]) -> list[SaidRow]:
    """Return what models said at temperature 0, the oldest first.

    Args:
        connection: where to read.
        models: their ids, under which answers are recorded.
    """
    rows = connection.execute(
        f"SELECT {_SAID} FROM answer WHERE sample = 0 "
        "AND model IN (SELECT value FROM json_each(?)) ORDER BY answered_at, prompt",
        (json.dumps(list(models)),),
    )
    return [SaidRow(*row) for row in rows]


def streams_told_of(
    connection: sqlite3.Connection, after: int, streams: Sequence[str]
) -> frozenset[str]:
    """Return those of these streams to which something was added after a seq."""
    # The plus keeps SQLite from walking the streams in the index instead of the new events.
    rows = connection.execute(
        "SELECT DISTINCT stream FROM event WHERE seq > ? "
        "AND +stream IN (SELECT value FROM json_each(?))",
        (after, json.dumps(list(streams))),
    )
    return frozenset(row[0] for row in rows)
