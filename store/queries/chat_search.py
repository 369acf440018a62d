"""Past conversations in a list: what each was about, and searching them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.searching import EVERY, Condition, Language

_BEGINNING = 300
"""Characters of a first question that a list can show."""


@dataclass(frozen=True, slots=True)
class ChatSummary:
    """A conversation in short.

    Attributes:
        id: its id.
        model: the model version's id or, of a base model, its name at the provider.
        name: what the model is called.
        base: what the model was made of; empty for a base model.
        provider: where it answers.
        turns: how many questions were asked.
        first: the beginning of the first question; None if none is recorded.
        tokens: of all prompts and answers, as far as they are known.
        cost: US dollars, as far as they are known; None if nothing is.
        up: how many answers were rated good.
        down: how many were rated bad.
        opened_at: when it began.
        last_at: when the newest answer came.
    """

    id: str
    model: str
    name: str
    base: str
    provider: str
    turns: int
    first: str | None
    tokens: int | None
    cost: float | None
    up: int
    down: int
    opened_at: str
    last_at: str


_ALL = (
    "(SELECT GROUP_CONCAT({column}, CHAR(10)) FROM chat_turn WHERE chat_turn.chat = chat.id{where})"
)

CHATS = Language(
    thing="a conversation",
    texts={
        "model": "COALESCE(model.name, chat.model)",
        "base": "COALESCE(model.base_model, chat.model)",
        "provider": "chat.provider",
        "system": "chat.system",
        "question": _ALL.format(column="question", where=""),
        "answer": _ALL.format(column="answer", where=""),
        "rated": _ALL.format(column="rating", where=" AND rating IS NOT NULL"),
        "id": "chat.id",
    },
    numbers={
        "turns": "chat.turns",
        "cost": "(SELECT SUM(cost) FROM chat_turn WHERE chat_turn.chat = chat.id)",
        "temperature": "chat.temperature",
    },
    times={"opened": "chat.opened_at", "age": "chat.opened_at"},
    anywhere=("model", "question", "answer", "id"),
)
"""Over `chat` left joined with `model`."""

_SUMMARY = f"""
SELECT chat.id, chat.model, COALESCE(model.name, chat.model), COALESCE(model.base_model, ''),
    chat.provider, chat.turns,
    (SELECT SUBSTR(question, 1, {_BEGINNING}) FROM chat_turn
        WHERE chat_turn.chat = chat.id AND ordinal = 1),
    SUM(turn.prompt_tokens + turn.completion_tokens), SUM(turn.cost),
    COUNT(CASE turn.rating WHEN 'up' THEN 1 END),
    COUNT(CASE turn.rating WHEN 'down' THEN 1 END),
    chat.opened_at, COALESCE(MAX(turn.at), chat.opened_at)
FROM chat LEFT JOIN model ON model.id = chat.model
LEFT JOIN chat_turn AS turn ON turn.chat = chat.id
"""


def chat_summaries(
    connection: sqlite3.Connection, wanted: Condition = EVERY, limit: int = -1
) -> list[ChatSummary]:
    """Return the conversations that fit, the newest first."""
    rows = connection.execute(
        f"{_SUMMARY} WHERE {wanted.sql} GROUP BY chat.id ORDER BY chat.id DESC LIMIT ?",
        (*wanted.values, limit),
    )
    return [ChatSummary(*row) for row in rows]


def chat_count(connection: sqlite3.Connection) -> int:
    """Return how many conversations there are."""
    return int(connection.execute("SELECT COUNT(*) FROM chat").fetchone()[0])


def bases_met(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the base models that were trained from or talked to: name and provider, by name."""
    rows = connection.execute(
        "SELECT base_model, provider FROM job UNION SELECT base_model, provider FROM model UNION "
        "SELECT model, provider FROM chat WHERE model NOT IN (SELECT id FROM model) ORDER BY 1, 2"
    )
    return [(name, provider) for name, provider in rows]
