"""One streamed answer, received on a thread of its own so that it can be left at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from engine.chatting.endpoints import Endpoint
from engine.chatting.manner import Manner, Message, words_of
from engine.chatting.turns import CANCELLED, ChatError, End

if TYPE_CHECKING:
    import openai
    from openai.types import Completion
    from openai.types.chat import ChatCompletionChunk

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
            self._items.put(replace(end, left_out=tuple(self._manner.left_out)))
        finally:
            # Only the first end counts. This one is for errors that nobody thought of: whatever
            # happens here, the reader must not wait for ever.
            self._items.put(End(failure=ChatError(_FAULT)))

    def _answer(self) -> End:
        """Ask, in another manner for as long as the model refuses the one before."""
        while not self._cancelled.is_set():
            stream = _Stream()
            try:
                return self._follow(stream)
            except Exception as error:
                if self._cancelled.is_set():
                    # The connection may have been closed under it: nobody listens any more.
                    return End(CANCELLED)
                failure = self._endpoint.explain(error)
                if failure is None:
                    raise
            if stream.begun or not self._manner.adapt(failure):
                return replace(stream.end, finish_reason=None, failure=failure)
        return End(CANCELLED)

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

    Attributes:
        end: all that was told beside the words.
        begun: whether anything came.
    """

    def __init__(self) -> None:
        self.end = End()
        self.begun = False

    def take(self, chunk: ChatCompletionChunk | Completion) -> Iterator[str]:
        """Take in a chunk and give the words in it; services leave out what they like."""
        self.begun = True
        choices = getattr(chunk, "choices", None) or ()
        reasons = [choice.finish_reason for choice in choices if choice.finish_reason]
        self.end = replace(
            self.end,
            finish_reason=reasons[-1] if reasons else self.end.finish_reason,
            answered_by=getattr(chunk, "model", None) or self.end.answered_by,
            fingerprint=getattr(chunk, "system_fingerprint", None) or self.end.fingerprint,
        )
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            details = usage.prompt_tokens_details
            self.end = replace(
                self.end,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                cached_tokens=details.cached_tokens if details else None,
            )
        for choice in choices:
            if words := words_of(choice):
                yield words
