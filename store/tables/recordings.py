"""Recordings of models, and the answers that recordings and evaluations share."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Recording(SQLModel, table=True):
    """How a model answers a content of prompts; the whole of it is the blob named `content`.

    `status` is `planned`, `stopped` (for the `reason`) or `completed`; money is US dollars.
    """

    __tablename__: ClassVar[str] = "recording"

    id: str = Field(primary_key=True)
    version: int
    model: str = Field(index=True)
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    parts_json: str
    suite: str | None = None
    seed: int
    samples: int
    temperature: float
    max_tokens: int
    top_logprobs: int
    stop_json: str = "[]"
    reused: int = 0
    estimate: float | None = None
    at_most: float | None = None
    status: str
    reason: str | None = None
    content: str | None = None
    bytes: int | None = None
    answers: int | None = None
    refused: int | None = None
    agreement: float | None = None
    cost: float | None = None
    planned_at: str
    updated_at: str


class Answer(SQLModel, table=True):
    """A model's answer to a request, or the error with which it refused one.

    `reply` names the blob with the whole of it; `cost` is US dollars, `logprob` in nats.
    """

    __tablename__: ClassVar[str] = "answer"

    model: str = Field(primary_key=True)
    request: str = Field(primary_key=True)
    sample: int = Field(primary_key=True)
    prompt: str
    recording: str = Field(index=True)
    content: str | None = None
    tool_calls_json: str = "[]"
    refusal: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    logprob: float | None = None
    logprob_tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    answered_by: str | None = None
    fingerprint: str | None = None
    request_id: str | None = None
    left_out_json: str = "[]"
    reply: str | None = None
    error: str | None = None
    answered_at: str
