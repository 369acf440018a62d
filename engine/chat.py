"""Conversations with a model through the openai client, hosted or served on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from engine.errors import LabError
from engine.model_client import explain, open_client
from engine.serve.process import LocalServer, LocalServerError
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionChunk

__all__ = ["ChatError", "ChatSession", "ChatTurn", "LocalServer", "LocalServerError", "ServedModel"]

CANCELLED = "cancelled"
_BROKE_OFF = "The connection to the model broke off before the end of the answer."
_FAULT = "The answer broke off through a fault in ftlab; the traceback is in the log."


class ChatError(LabError):
    """A model did not answer, or broke off."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One question and what came back.

    Attributes:
        question: what was asked.
        content: the answer, or as much of it as came.
        finish_reason: `stop`, `length` or another word of the server's; `cancelled` if it was
            stopped from here; None if it broke off.
        prompt_tokens: tokens of the whole conversation that was sent, if the server told.
        completion_tokens: tokens of the answer, if the server told.
        seconds_to_first_token: from asking to the first words, or None if none came.
        seconds: from asking to the end.
        error: why it broke off, or None.
    """

    question: str
    content: str
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds_to_first_token: float | None
    seconds: float
    error: str | None = None

    @property
    def cancelled(self) -> bool:
        """Whether the answer was stopped from here."""
        return self.finish_reason == CANCELLED


@dataclass(frozen=True, slots=True)
class _End:
    """How a streamed answer ended."""

    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    error: str | None = None


class ChatSession:
    """A conversation that remembers what was said.

    One question at a time; `cancel` alone may be called from another thread.

    Attributes:
        model: the model that answers.
        last_turn: the last finished turn, also when it broke off; None before the first and while
            an answer is coming.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        model: str,
        system: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        seed: int | None = None,
    ) -> None:
        """Prepare a conversation; nothing is sent before the first question.

        Args:
            base_url: the address of an OpenAI-compatible API, with its `/v1`.
            key: its key.
            model: the model to talk to.
            system: instructions that stand before the conversation.
            temperature: 0 for the likeliest words; None leaves it to the server.
            max_tokens: the longest answer; None leaves it to the server.
            seed: makes answers repeatable where the server can.
        """
        self.model = model
        self.last_turn: ChatTurn | None = None
        self._base_url = base_url
        self._key = key
        self._messages: list[dict[str, str]] = []
        if system:
            self._messages.append({"role": "system", "content": system})
        options = {"temperature": temperature, "max_completion_tokens": max_tokens, "seed": seed}
        self._options = {name: value for name, value in options.items() if value is not None}
        self._client: openai.OpenAI | None = None
        self._call: _Call | None = None

    def __repr__(self) -> str:
        return f"<ChatSession with {self.model} at {self._base_url}>"

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation so far, as role and content."""
        return [dict(message) for message in self._messages]

    def ask(self, text: str) -> Iterator[str]:
        """Ask, and give the answer piece by piece; `last_turn` tells of it after the last one.

        Leaving the iteration early cancels the answer. What came of an answer that was cancelled
        or broke off stays in the conversation; a question without a word of answer does not.

        Raises:
            ChatError: if the model does not answer or breaks off, after the pieces that came.
        """
        if self._call is not None:
            raise ChatError("The last answer is still coming: wait for its end or cancel it.")
        self.last_turn = None
        call = self._call = _Call(self._open_client(), self._request(text), self._key)
        progress = _Progress(text)
        try:
            for item in call.read():
                if isinstance(item, _End):
                    progress.end = item
                else:
                    progress.add(item)
                    yield item
        finally:
            call.cancel()
            self._call = None
            self._remember(progress.turn())
        if progress.end.error:
            raise ChatError(progress.end.error)

    def cancel(self) -> None:
        """Stop the answer that is coming, keeping what came. Harmless when none is."""
        call = self._call
        if call is not None:
            call.cancel()

    def close(self) -> None:
        """Stop what is coming and close the connections."""
        self.cancel()
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _request(self, text: str) -> dict[str, Any]:
        messages = [*self._messages, {"role": "user", "content": text}]
        return {"model": self.model, "messages": messages, **self._options}

    def _remember(self, turn: ChatTurn) -> None:
        self.last_turn = turn
        if turn.content or not (turn.error or turn.cancelled):
            self._messages.append({"role": "user", "content": turn.question})
            self._messages.append({"role": "assistant", "content": turn.content})

    def _open_client(self) -> openai.OpenAI:
        if self._client is None:
            self._client = open_client(self._base_url, self._key)
        return self._client


@dataclass(slots=True)
class _Progress:
    """A turn while it comes. An iteration that was left counts as cancelled."""

    question: str
    began: float = field(default_factory=time.monotonic)
    pieces: list[str] = field(default_factory=list)
    first: float | None = None
    end: _End = _End(CANCELLED)

    def add(self, piece: str) -> None:
        if self.first is None:
            self.first = time.monotonic() - self.began
        self.pieces.append(piece)

    def turn(self) -> ChatTurn:
        return ChatTurn(
            question=self.question,
            content="".join(self.pieces),
            finish_reason=self.end.finish_reason,
            prompt_tokens=self.end.prompt_tokens,
            completion_tokens=self.end.completion_tokens,
            seconds_to_first_token=self.first,
            seconds=time.monotonic() - self.began,
            error=self.end.error,
        )


class _Call:
    """One streamed request, received on a thread of its own so that it can be left at any moment.

    A read from a socket cannot be interrupted: after a cancel the reader is released at once, and
    the thread closes the connection at the next word, which makes the server stop.
    """

    def __init__(self, client: openai.OpenAI, request: dict[str, Any], key: str) -> None:
        self._client = client
        self._request = request
        self._key = key
        self._items: SimpleQueue[str | _End] = SimpleQueue()
        self._cancelled = threading.Event()

    def read(self) -> Iterator[str | _End]:
        """Send the request and give the pieces, then the end."""
        threading.Thread(target=self._receive, name="chat-receiver", daemon=True).start()
        while True:
            item = self._items.get()
            yield item
            if isinstance(item, _End):
                return

    def cancel(self) -> None:
        """Let the reader go with what came."""
        self._cancelled.set()
        self._items.put(_End(CANCELLED))

    def _receive(self) -> None:
        from openai import OpenAIError

        try:
            self._items.put(self._follow_stream())
        except (OpenAIError, ValueError) as error:
            reason = explain(error).replace(self._key, "[key]")
            self._items.put(_End(error=reason))
        finally:
            # Only the first end counts. This one is for errors that nobody thought of: whatever
            # happens here, the reader must not wait for ever.
            self._items.put(_End(error=_FAULT))

    def _follow_stream(self) -> _End:
        end = _End()
        with self._client.chat.completions.create(
            **self._request, stream=True, stream_options={"include_usage": True}
        ) as stream:
            for chunk in stream:
                if self._cancelled.is_set():
                    return _End(CANCELLED)
                for choice in chunk.choices:
                    if choice.delta.content:
                        self._items.put(choice.delta.content)
                end = _updated(end, chunk)
        return end if end.finish_reason else replace(end, error=_BROKE_OFF)


def _updated(end: _End, chunk: ChatCompletionChunk) -> _End:
    reasons = [choice.finish_reason for choice in chunk.choices if choice.finish_reason]
    if reasons:
        end = replace(end, finish_reason=reasons[-1])
    if chunk.usage is None:
        return end
    usage = chunk.usage
    return replace(
        end, prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens
    )
