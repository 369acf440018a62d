"""Questions about conversations."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class ChatTurnRow:
    """A question, its answer, and what the answer took; the cost is in US dollars.

    `rating` is `up` or `down` where somebody said whether the answer was good.
    """

    ordinal: int
    question: str
    answer: str
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float | None
    cost: float | None
    error: str | None
    rating: str | None
    at: str


@dataclass(frozen=True, slots=True)
class ChatRow:
    """A conversation with one model, by its id or, of a base model, its name at the provider."""

    id: str
    model: str
    provider: str
    system: str | None
    temperature: float | None
    max_tokens: int | None
    seed: int | None
    stop_json: str
    turns: int
    opened_at: str


_CHAT = ", ".join(ChatRow.__slots__)
_TURN = ", ".join(ChatTurnRow.__slots__)


def chat_list(connection: sqlite3.Connection, model: str | None = None) -> list[ChatRow]:
    """Return conversations, newest first, with one model or all."""
    rows = connection.execute(
        f"SELECT {_CHAT} FROM chat WHERE ?1 IS NULL OR model = ?1 ORDER BY id DESC", (model,)
    )
    return [ChatRow(*row) for row in rows]


def chat(connection: sqlite3.Connection, reference: str) -> ChatRow:
    """Return the conversation that an id or its unique beginning means.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "chat", reference)
    return ChatRow(
        *connection.execute(f"SELECT {_CHAT} FROM chat WHERE id = ?", (found,)).fetchone()
    )


def turn_count(connection: sqlite3.Connection, chat: str) -> int:
    """Return how many turns a conversation has; none if it was never opened."""
    found = connection.execute("SELECT turns FROM chat WHERE id = ?", (chat,)).fetchone()
    return int(found[0]) if found else 0


def chat_turns(connection: sqlite3.Connection, chat: str) -> list[ChatTurnRow]:
    """Return the turns of a conversation, in order."""
    rows = connection.execute(
        f"SELECT {_TURN} FROM chat_turn WHERE chat = ? ORDER BY ordinal", (chat,)
    )
    return [ChatTurnRow(*row) for row in rows]
