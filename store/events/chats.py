"""Facts about conversations."""

from __future__ import annotations

from store.events.fact import Fact


class ChatOpened(Fact):
    """A conversation with a model began."""

    type_name = "ChatOpened"
    model: str
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


class ChatTurnRecorded(Fact):
    """One question and what the model answered, with the tokens and seconds that it took.

    A turn that broke off keeps what came, with the `error`.
    """

    type_name = "ChatTurnRecorded"
    question: str
    answer: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    error: str | None = None
