"""Folding chat streams into conversations and their turns."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import Chat, ChatTurn


def _opened(rows: Rows, event: Recorded, fact: events.ChatOpened) -> None:
    rows.add(
        plain(Chat)(
            id=subject(event),
            model=fact.model,
            provider=fact.provider,
            system=fact.system,
            temperature=fact.temperature,
            max_tokens=fact.max_tokens,
            seed=fact.seed,
            stop_json=json.dumps(fact.stop),
            opened_at=event.occurred,
        )
    )


def _turn_recorded(rows: Rows, event: Recorded, fact: events.ChatTurnRecorded) -> None:
    chat = rows.get(Chat, subject(event))
    if chat is None:
        return
    chat.turns += 1
    rows.add(
        plain(ChatTurn)(
            chat=chat.id,
            ordinal=chat.turns,
            question=fact.question,
            answer=fact.answer,
            finish_reason=fact.finish_reason,
            prompt_tokens=fact.prompt_tokens,
            completion_tokens=fact.completion_tokens,
            seconds=fact.seconds,
            cost=fact.cost,
            error=fact.error,
            at=event.occurred,
        )
    )


def _turn_rated(rows: Rows, event: Recorded, fact: events.ChatTurnRated) -> None:
    if turn := rows.get(ChatTurn, (subject(event), fact.turn)):
        turn.rating = fact.rating


FOLDS: dict[type[Fact], Fold] = {
    events.ChatOpened: _opened,
    events.ChatTurnRecorded: _turn_recorded,
    events.ChatTurnRated: _turn_rated,
}
