"""Conversations as one JSON Lines file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import CHATS
from engine.archive.members import Member
from store.queries.chats import ChatRow, chat_list, chat_turns


def chat_members(desk: Desk) -> Iterator[Member]:
    """Give the file of all conversations that are wanted, a line each with its turns."""
    wanted = [chat for chat in chat_list(desk.connection) if desk.wants(f"chat/{chat.id}")]
    wanted.sort(key=lambda chat: chat.id)
    desk.counts["conversations"] = len(wanted)
    if wanted:
        newest = max(chat.opened_at for chat in wanted)
        yield desk.lines(CHATS, newest, _lines(desk, wanted))


def _lines(desk: Desk, chats: list[ChatRow]) -> Iterator[dict[str, Any]]:
    for chat in chats:
        turns = [facts_of(turn) for turn in chat_turns(desk.connection, chat.id)]
        yield {**facts_of(chat), "turns": turns}
