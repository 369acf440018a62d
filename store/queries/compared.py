"""Questions about what is compared: what was told of it lately, and what its models answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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


_SAID = ", ".join(SaidRow.__slots__)


def is_model(connection: sqlite3.Connection, model: str) -> bool:
    """Tell whether this is exactly the id of a model version."""
    return bool(connection.execute("SELECT 1 FROM model WHERE id = ?", (model,)).fetchone())


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
