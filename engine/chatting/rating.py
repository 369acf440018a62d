"""Saying whether an answer was good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from store.errors import NotFoundError
from store.queries.chats import chat_turns

if TYPE_CHECKING:
    from engine.lab import Lab

Rating = Literal["up", "down"]


def rate(lab: Lab, chat: str, turn: int, rating: Rating | None) -> None:
    """Record what somebody thinks of an answer; what is thought of it already is not said again.

    Args:
        lab: where.
        chat: the conversation.
        turn: the place of the answer in it, counted from 1.
        rating: the opinion; None takes back what was said.

    Raises:
        NotFoundError: if there is no such answer.
        LabError: if nothing can be recorded here.
    """
    turns = chat_turns(lab.database.reader, chat)
    rated = next((each for each in turns if each.ordinal == turn), None)
    if rated is None:
        raise NotFoundError(f"the conversation {chat} has no answer {turn}")
    if rated.rating == rating:
        return
    from store.events import ChatTurnRated

    lab.log.append(f"chat/{chat}", ChatTurnRated(turn=turn, rating=rating))
