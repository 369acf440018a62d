"""Conversations and their turns."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Chat(SQLModel, table=True):
    """A conversation with one model, by its id or, of a base model, its name at the provider."""

    __tablename__: ClassVar[str] = "chat"

    id: str = Field(primary_key=True)
    model: str
    provider: str = "local"
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop_json: str = "[]"
    turns: int = 0
    opened_at: str


class ChatTurn(SQLModel, table=True):
    """A question and its answer; the cost is in US dollars, `rating` is `up`, `down` or nothing."""

    __tablename__: ClassVar[str] = "chat_turn"

    chat: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    question: str
    answer: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    error: str | None = None
    rating: str | None = None
    at: str
