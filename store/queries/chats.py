"""Questions about conversations."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatTurnRow:
    """A question, its answer, and what the answer took."""

    ordinal: int
    question: str
    answer: str
    finish_reason: str | None
    completion_tokens: int | None
    seconds: float | None
    error: str | None
    at: str


@dataclass(frozen=True, slots=True)
class ChatRow:
    """A conversation with one model."""

    id: str
    model: str
    system: str | None
    turns: int
    opened_at: str


def chat_list(connection: sqlite3.Connection, model: str | None = None) -> list[ChatRow]:
    """Return conversations, newest first, with one model or all."""
    rows = connection.execute(
        "SELECT id, model, system, turns, opened_at FROM chat WHERE ?1 IS NULL OR model = ?1 "
        "ORDER BY id DESC",
        (model,),
    )
    return [ChatRow(*row) for row in rows]


def chat_turns(connection: sqlite3.Connection, chat: str) -> list[ChatTurnRow]:
    """Return the turns of a conversation, in order."""
    rows = connection.execute(
        "SELECT ordinal, question, answer, finish_reason, completion_tokens, seconds, error, at "
        "FROM chat_turn WHERE chat = ? ORDER BY ordinal",
        (chat,),
    )
    return [ChatTurnRow(*row) for row in rows]
