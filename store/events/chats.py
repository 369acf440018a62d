"""Facts about conversations."""

from __future__ import annotations

from typing import Literal

from store.events.fact import Fact


class ChatOpened(Fact):
    """A conversation with a model began.

    `model` is a model version's id, or the name of a base model as its `provider` calls it.
    """

    type_name = "ChatOpened"
    schema_number = 2
    model: str
    provider: str = "local"
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: list[str] = []


class ChatTurnRecorded(Fact):
    """One question and what the model answered, with the tokens, seconds and US dollars it took.

    A turn that broke off keeps what came, with the `error`. `answered_by` and `fingerprint` are the
    provider's words for the model and its backend; `left_out` are the wishes of the conversation
    that the model does not heed.
    """

    type_name = "ChatTurnRecorded"
    schema_number = 2
    question: str
    answer: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    seconds_to_first_token: float | None = None
    seconds: float | None = None
    cost: float | None = None
    answered_by: str | None = None
    fingerprint: str | None = None
    left_out: list[str] = []
    error: str | None = None


class ChatTurnRated(Fact):
    """Somebody said whether an answer was good; None takes back what was said. The newest counts.

    `turn` is the place of the answer in its conversation, counted from 1.
    """

    type_name = "ChatTurnRated"
    turn: int
    rating: Literal["up", "down"] | None
