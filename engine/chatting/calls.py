"""One streamed answer, received on a thread of its own so that it can be left at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from engine.chatting.endpoints import Endpoint
from engine.chatting.manner import Manner, Message, words_of
from engine.chatting.pieces import Pieces
from engine.chatting.turns import CANCELLED, ChatError, End
from engine.errors import LabError, ProviderError

if TYPE_CHECKING:
    import openai
    from openai.types import Completion
    from openai.types.chat import ChatCompletionChunk

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_NOT_REPEATED = ("timeout", "unreadable")
_FAULT = "The answer broke off through a fault in ftlab; the traceback is in the log."


class Call:
    """One streamed request.

    A read from a socket cannot be interrupted: after a cancel the reader is released at once, and
    the thread closes the connection at the next word, which makes the server stop.

    Args:
        endpoint: where the model is.
        client: of the endpoint.
        manner: how the model is asked; what it refuses changes the manner.
        model: what the service calls the model.
        messages: the conversation, the question last.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        client: openai.OpenAI,
        manner: Manner,
        model: str,
        messages: Sequence[Message],
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._manner = manner
        self._model = model
        self._messages = messages
        self._pieces = Pieces(endpoint.secret)
        self._repeats = endpoint.repeats
        self._items: SimpleQueue[str | End] = SimpleQueue()
        self._cancelled = threading.Event()

    def read(self) -> Iterator[str | End]:
        """Send the request and give the pieces, then the end."""
        threading.Thread(target=self._receive, name="chat-receiver", daemon=True).start()
        while True:
            item = self._items.get()
            yield item
            if isinstance(item, End):
                return

    def cancel(self) -> None:
        """Let the reader go with what came."""
        self._cancelled.set()
        self._items.put(End(CANCELLED))

    def _receive(self) -> None:
        try:
            end = self._answer()
            if rest := self._pieces.rest():
                self._items.put(rest)
            self._items.put(replace(end, left_out=tuple(self._manner.left_out)))
        finally:
            # Only the first end counts. This one is for errors that nobody thought of: whatever
            # happens here, the reader must not wait for ever.
            self._items.put(End(failure=ChatError(_FAULT)))

    def _answer(self) -> End:
        """Ask, in another manner for as long as the model refuses the one before."""
        while not self._cancelled.is_set():
            stream = _Stream(self._pieces)
            try:
                return self._follow(stream)
            except Exception as error:
                if self._cancelled.is_set():
                    # The connection may have been closed under it: nobody listens any more.
                    return End(CANCELLED)
                failure = self._endpoint.explain(error)
                if failure is None:
                    raise
            if stream.begun or not (self._manner.adapt(failure) or self._may_repeat(failure)):
                return replace(stream.end, finish_reason=None, failure=failure)
        return End(CANCELLED)

    def _may_repeat(self, failure: LabError) -> bool:
        """Wait until the question may be asked again; tell whether it may.

        The client itself would do the same after a time-out too: a server that never answers would
        be waited for three times, and three answers could be paid for.
        """
        if not isinstance(failure, ProviderError) or not failure.retriable or not self._repeats:
            return False
        wait = failure.retry_after if failure.retry_after is not None else _FIRST_WAIT
        if failure.kind in _NOT_REPEATED or wait > _LONGEST_WAIT:
            return False
        self._repeats -= 1
        self._cancelled.wait(wait)
        return True

    def _follow(self, stream: _Stream) -> End:
        with self._manner.begin(self._client, self._model, self._messages) as chunks:
            for chunk in chunks:
                if self._cancelled.is_set():
                    return replace(stream.end, finish_reason=CANCELLED)
                for words in stream.take(chunk):
                    self._items.put(words)
        if stream.end.finish_reason is None:
            return replace(stream.end, failure=self._endpoint.broke_off())
        return stream.end


class _Stream:
    """What a stream has told so far.

    Services leave out what they like, and some put something else in its place.

    Args:
        pieces: makes words fit to be shown.

    Attributes:
        end: all that was told beside the words.
        begun: whether anything came.
    """

    def __init__(self, pieces: Pieces) -> None:
        self.end = End()
        self.begun = False
        self._pieces = pieces

    def take(self, chunk: ChatCompletionChunk | Completion) -> Iterator[str]:
        """Take in a chunk and give the words in it."""
        self.begun = True
        told = getattr(chunk, "choices", None)
        choices = told if isinstance(told, list) else []
        reasons = [self._text(choice, "finish_reason") for choice in choices]
        self.end = replace(
            self.end,
            finish_reason=next(filter(None, reversed(reasons)), self.end.finish_reason),
            answered_by=self._text(chunk, "model") or self.end.answered_by,
            fingerprint=self._text(chunk, "system_fingerprint") or self.end.fingerprint,
        )
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            details = getattr(usage, "prompt_tokens_details", None)
            self.end = replace(
                self.end,
                prompt_tokens=_count(usage, "prompt_tokens"),
                completion_tokens=_count(usage, "completion_tokens"),
                cached_tokens=_count(details, "cached_tokens"),
            )
        for choice in choices:
            piece = words_of(choice)
            if isinstance(piece, str) and (words := self._pieces.take(piece)):
                yield words

    def _text(self, thing: object, name: str) -> str | None:
        value = getattr(thing, name, None)
        return self._pieces.hidden(value) if isinstance(value, str) and value else None


def _count(thing: object, name: str) -> int | None:
    value = getattr(thing, name, None)
    return value if isinstance(value, int) and value >= 0 else None
