"""A conversation of the log, so that it can be gone on with."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from engine.chatting.sampling import Sampling
from engine.chatting.turns import CANCELLED
from store.queries.chats import ChatRow, ChatTurnRow, chat, chat_turns


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was settled and said in a conversation.

    Attributes:
        id: of the conversation; None of one that has not begun.
        system: its system prompt.
        sampling: how its answers were drawn.
        exchanges: the questions and answers that the model remembers.
    """

    id: str | None
    system: str | None
    sampling: Sampling
    exchanges: tuple[tuple[str, str], ...] = ()


def recall(connection: sqlite3.Connection, reference: str) -> Recalled:
    """Return a conversation by its id or a beginning of it.

    Raises:
        NotFoundError: if there is none.
    """
    row = chat(connection, reference)
    exchanges = tuple(
        (turn.question, turn.answer)
        for turn in chat_turns(connection, row.id)
        if _is_remembered(turn)
    )
    return Recalled(row.id, row.system, sampling_of(row), exchanges)


def sampling_of(row: ChatRow) -> Sampling:
    """Return how the answers of a conversation were drawn."""
    return Sampling(row.temperature, row.max_tokens, row.seed, tuple(json.loads(row.stop_json)))


def _is_remembered(turn: ChatTurnRow) -> bool:
    """Tell what `ChatSession` remembers: a question without a word of answer it does not."""
    return bool(turn.answer) or not (turn.error or turn.finish_reason == CANCELLED)
