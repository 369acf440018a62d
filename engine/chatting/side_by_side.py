"""The same question to several models at once."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from engine.chatting.local import LocalModels
from engine.chatting.targets import Progress
from engine.closing import Closing
from engine.conversations import Conversation, Sampling

if TYPE_CHECKING:
    from engine.chat import ChatTurn
    from engine.lab import Lab

_PATIENCE = 0.05


@dataclass(frozen=True, slots=True)
class Piece:
    """More of an answer came.

    Attributes:
        place: which of the models it is from, counted from 0.
        words: what came.
    """

    place: int
    words: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An answer ended.

    Attributes:
        place: which of the models it was from, counted from 0.
        turn: what came of it; None if nothing was even asked.
        failure: why there is no answer, or only a part of one.
    """

    place: int
    turn: ChatTurn | None
    failure: Exception | None


class SideBySide(Closing):
    """Conversations with several models, hosted and local ones mixed, or with one.

    Args:
        lab: where the models are found and the turns are recorded.
        models: see `Conversation`; the same one may be named twice.
        system: a system prompt.
        sampling: how answers are drawn.
        progress: told of the stages of getting base models ready.
        provider: see `Conversation`.

    Attributes:
        conversations: one with each model, in their order.

    Raises:
        NotFoundError: if there is no model of a name, or no such profile.
        LabError: if the server cannot be started, or there is no key for a service.
    """

    def __init__(
        self,
        lab: Lab,
        models: Sequence[str],
        system: str | None,
        sampling: Sampling,
        progress: Progress | None = None,
        *,
        provider: str | None = None,
    ) -> None:
        self._lab = lab
        self._local = LocalModels()
        self.conversations = [
            Conversation(
                lab, model, system, sampling, progress, provider=provider, local=self._local
            )
            for model in models
        ]
        self._local.start()

    def ask(self, question: str) -> Generator[Piece | Ended]:
        """Ask all of them; see `ask_all`."""
        yield from ask_all(self._lab, self.conversations, question)

    def cancel(self) -> None:
        """Stop all answers that are coming, from any thread; what came is kept."""
        for conversation in self.conversations:
            conversation.cancel()

    def close(self) -> None:
        """End the conversations and stop the server of the local models."""
        for conversation in self.conversations:
            conversation.close()
        self._local.close()


def ask_all(
    lab: Lab, conversations: Sequence[Conversation], question: str
) -> Generator[Piece | Ended]:
    """Ask several models at once, and give what comes as it comes.

    Each turn is recorded when it ends. Leaving the iteration early cancels what is still coming.
    """
    # Made here, so that no two threads make it at once.
    _ = lab.log
    news: SimpleQueue[Piece | Ended] = SimpleQueue()
    left = Event()
    listeners = [
        Thread(target=_listen, args=(place, conversation, question, news, left), daemon=True)
        for place, conversation in enumerate(conversations)
    ]
    try:
        for listener in listeners:
            listener.start()
        yield from _all_of(news, len(listeners))
    finally:
        left.set()
        for listener, conversation in zip(listeners, conversations, strict=True):
            while listener.is_alive():
                # Said again: a question that was not quite asked has not heard it.
                conversation.cancel()
                listener.join(_PATIENCE)


def _listen(
    place: int,
    conversation: Conversation,
    question: str,
    news: SimpleQueue[Piece | Ended],
    left: Event,
) -> None:
    failure: Exception | None = None
    try:
        for words in () if left.is_set() else conversation.ask(question):
            news.put(Piece(place, words))
    except Exception as error:  # noqa: BLE001 - told by whoever listens
        failure = error
    news.put(Ended(place, conversation.last_turn, failure))


def _all_of(news: SimpleQueue[Piece | Ended], running: int) -> Iterator[Piece | Ended]:
    """Give what comes until as many as are running have ended."""
    while running:
        item = news.get()
        running -= isinstance(item, Ended)
        yield item
