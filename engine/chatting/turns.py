"""One question to a model and what came back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from engine.errors import LabError

CANCELLED = "cancelled"


class ChatError(LabError):
    """A model of this machine did not answer, or broke off."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One question and what came back.

    Attributes:
        question: what was asked.
        content: the answer, or as much of it as came.
        finish_reason: `stop`, `length` or another word of the server's; `cancelled` if it was
            stopped from here; None if it broke off.
        prompt_tokens: tokens of all that was sent, if the server told.
        completion_tokens: tokens of the answer, if the server told.
        cached_tokens: how many of the prompt's tokens the server still knew, if it told.
        seconds_to_first_token: from asking to the first words, or None if none came.
        seconds: from asking to the end.
        error: why it broke off, or None.
        cost: US dollars, if tokens and prices are known.
        answered_by: what the server calls the model that answered.
        fingerprint: what the server calls the backend that answered, if it told.
        left_out: the wishes that this model does not heed, and that were left out for it.
    """

    question: str
    content: str
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    seconds_to_first_token: float | None
    seconds: float
    error: str | None = None
    cost: float | None = None
    answered_by: str | None = None
    fingerprint: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def cancelled(self) -> bool:
        """Whether the answer was stopped from here."""
        return self.finish_reason == CANCELLED


@dataclass(frozen=True, slots=True)
class End:
    """How a streamed answer ended, with all that was told beside its words."""

    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    answered_by: str | None = None
    fingerprint: str | None = None
    left_out: tuple[str, ...] = ()
    failure: LabError | None = None


@dataclass(slots=True)
class Progress:
    """A turn while it comes. An iteration that was left counts as cancelled."""

    question: str
    began: float = field(default_factory=time.monotonic)
    pieces: list[str] = field(default_factory=list)
    first: float | None = None
    end: End = End(CANCELLED)

    def add(self, piece: str) -> None:
        """Take in a piece of the answer."""
        if self.first is None:
            self.first = time.monotonic() - self.began
        self.pieces.append(piece)

    def turn(self) -> ChatTurn:
        """Return what has come of it."""
        end = self.end
        return ChatTurn(
            question=self.question,
            content="".join(self.pieces),
            finish_reason=end.finish_reason,
            prompt_tokens=end.prompt_tokens,
            completion_tokens=end.completion_tokens,
            cached_tokens=end.cached_tokens,
            seconds_to_first_token=self.first,
            seconds=time.monotonic() - self.began,
            error=None if end.failure is None else str(end.failure),
            answered_by=end.answered_by,
            fingerprint=end.fingerprint,
            left_out=end.left_out,
        )
