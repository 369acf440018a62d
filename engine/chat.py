"""Conversations with a model through the openai client, hosted or served on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.chatting.calls import Call
from engine.chatting.endpoints import Endpoint, LocalEndpoint
from engine.chatting.manner import Manner, Message
from engine.chatting.sampling import Sampling
from engine.chatting.turns import ChatError, ChatTurn, End, Progress

if TYPE_CHECKING:
    import openai

__all__ = ["ChatError", "ChatSession", "ChatTurn", "LocalEndpoint", "Sampling"]


class ChatSession:
    """A conversation that remembers what was said.

    One question at a time; `cancel` alone may be called from another thread.

    Args:
        endpoint: where the model is; nothing is sent there before the first question.
        model: what the endpoint calls it.
        system: instructions that stand before the conversation.
        sampling: how answers are drawn.
        completes: whether it is known to be a model of the legacy completions, which sees each
            question alone.
        earlier: questions and answers that the model is to remember, the oldest first.

    Attributes:
        model: what the endpoint calls the model.
        last_turn: the last finished turn, also when it broke off; None before the first and while
            an answer is coming.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        system: str | None = None,
        sampling: Sampling | None = None,
        *,
        completes: bool = False,
        earlier: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.model = model
        self.last_turn: ChatTurn | None = None
        self._endpoint = endpoint
        self._manner = Manner(sampling or Sampling(), completes=completes)
        self._messages: list[Message] = []
        if system:
            self._messages.append({"role": "system", "content": system})
        for question, answer in earlier:
            self._append(question, answer)
        self._client: openai.OpenAI | None = None
        self._call: Call | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"<ChatSession with {self.model}>"

    @property
    def messages(self) -> list[Message]:
        """The conversation so far, as role and content."""
        return [dict(message) for message in self._messages]

    @property
    def completes(self) -> bool:
        """Whether the model completes a text, as far as is known, and remembers nothing."""
        return self._manner.completes

    def ask(self, text: str) -> Iterator[str]:
        """Ask, and give the answer piece by piece; `last_turn` tells of it after the last one.

        Leaving the iteration early cancels the answer. What came of an answer that was cancelled
        or broke off stays in the conversation; a question without a word of answer does not.

        Raises:
            ChatError: if a model of this machine does not answer or breaks off, after the pieces
                that came.
            ProviderError: the same of a hosted one.
        """
        if self._call is not None:
            raise ChatError("The last answer is still coming: wait for its end or cancel it.")
        self.last_turn = None
        messages = [*self._messages, {"role": "user", "content": text}]
        call = Call(self._endpoint, self._opened(), self._manner, self.model, messages)
        self._call = call
        if self._closed:
            # While the client was opened, which takes seconds the first time.
            call.cancel()
        progress = Progress(text)
        try:
            for item in call.read():
                if isinstance(item, End):
                    progress.end = item
                else:
                    progress.add(item)
                    yield item
        finally:
            call.cancel()
            self._call = None
            self._remember(progress.turn())
            if self._closed:
                self.close()
        if progress.end.failure is not None:
            raise progress.end.failure

    def cancel(self) -> None:
        """Stop the answer that is coming, keeping what came. Harmless when none is."""
        call = self._call
        if call is not None:
            call.cancel()

    def close(self) -> None:
        """Stop what is coming, also what is only about to be asked, and close the connections."""
        self._closed = True
        self.cancel()
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _remember(self, turn: ChatTurn) -> None:
        self.last_turn = turn
        if turn.content or not (turn.error or turn.cancelled):
            self._append(turn.question, turn.content)

    def _append(self, question: str, answer: str) -> None:
        self._messages.append({"role": "user", "content": question})
        self._messages.append({"role": "assistant", "content": answer})

    def _opened(self) -> openai.OpenAI:
        if self._client is None:
            self._client = self._endpoint.open()
        return self._client
