"""What was said in conversations of the log, as a chat shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store.queries.chats import ChatTurnRow, chat_list, chat_turns
from tui.exchange import Exchange
from tui.formats import ago
from tui.turn_words import took_then

_EARLIER_TURNS = 20


def exchanges_of(
    chat: str, turns: Sequence[ChatTurnRow], *, earlier: bool = False, heading: str | None = None
) -> list[Exchange]:
    """Return the turns of a conversation.

    Args:
        chat: its id.
        turns: its turns, in order.
        earlier: whether it is another one than that which is going on.
        heading: what stands before the first.
    """
    found = [
        Exchange(
            turn.question,
            turn.answer,
            turn.error,
            earlier=earlier,
            took=took_then(turn),
            rating=turn.rating,
            chat=chat,
            turn=turn.ordinal,
        )
        for turn in turns
    ]
    return [replace(found[0], heading=heading), *found[1:]] if found else []


def earlier_exchanges(connection: sqlite3.Connection, model: str, now: datetime) -> list[Exchange]:
    """Return what was last said to a model, the oldest first."""
    found: list[Exchange] = []
    for chat in chat_list(connection, model):
        turns = chat_turns(connection, chat.id)
        when = ago(chat.opened_at, now)
        found[:0] = exchanges_of(chat.id, turns, earlier=True, heading=when)
        if len(found) >= _EARLIER_TURNS:
            break
    return found
