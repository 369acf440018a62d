"""Conversations with models, every turn recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.closing import Closing
from engine.errors import RequestError
from store.errors import NotFoundError
from store.ids import new_id
from store.queries import models

if TYPE_CHECKING:
    from engine.chat import ChatSession, ChatTurn
    from engine.lab import Lab
    from engine.serve.settings import ServedModel

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers are drawn: temperature 0 always takes the likeliest token."""

    temperature: float = 0.0
    max_tokens: int = 256
    seed: int | None = None


class Conversation(Closing):
    """A conversation with one model, over a server of its own on loopback.

    Opening one starts the server; the model is loaded when the first question is asked.

    Args:
        lab: where the model is found and the turns are recorded.
        model: a model version's name, id or beginning, or a base model.
        system: a system prompt.
        sampling: how answers are drawn.
        progress: told of the stages of getting the base model ready.

    Attributes:
        model_name: what to call the model.

    Raises:
        NotFoundError: if there is neither a model version nor a base model of this name.
        LabError: if the server cannot be started.
    """

    def __init__(
        self,
        lab: Lab,
        model: str,
        system: str | None,
        sampling: Sampling,
        progress: Progress | None = None,
    ) -> None:
        from engine.chat import ChatSession, LocalServer

        self._lab = lab
        self._system = system
        self._sampling = sampling
        self._stream: str | None = None
        self._model_id, self.model_name, served = _served(lab, model, progress)
        self._server = LocalServer([served])
        self._server.start()
        self._session: ChatSession = ChatSession(
            self._server.base_url,
            self._server.key,
            served.id,
            system=system,
            temperature=sampling.temperature,
            max_tokens=sampling.max_tokens,
            seed=sampling.seed,
        )

    @property
    def last_turn(self) -> ChatTurn | None:
        """The last question with its whole answer."""
        return self._session.last_turn

    def ask(self, question: str) -> Iterator[str]:
        """Yield the answer in pieces as they come; the turn is recorded when it ends, however.

        Raises:
            RequestError: if the question is no text that can be recorded.
            ChatError: if the model cannot answer; what came before that is kept.
        """
        _require_text(question)
        try:
            yield from self._session.ask(question)
        finally:
            if self._session.last_turn is not None:
                self._record(self._session.last_turn)

    def _record(self, turn: ChatTurn) -> None:
        from store.events import ChatTurnRecorded

        fact = ChatTurnRecorded(
            question=turn.question,
            answer=turn.content,
            finish_reason=turn.finish_reason,
            prompt_tokens=turn.prompt_tokens,
            completion_tokens=turn.completion_tokens,
            seconds=turn.seconds,
            error=turn.error,
        )
        self._lab.log.append(self._opened_stream(), fact)

    def _opened_stream(self) -> str:
        """Open the conversation in the log with its first turn."""
        from store.events import ChatOpened

        if self._stream is None:
            stream = f"chat/{new_id('chat')}"
            opened = ChatOpened(
                model=self._model_id,
                system=self._system,
                temperature=self._sampling.temperature,
                max_tokens=self._sampling.max_tokens,
                seed=self._sampling.seed,
            )
            self._lab.log.append(stream, opened, expected=0)
            self._stream = stream
        return self._stream

    def cancel(self) -> None:
        """Stop the answer that is coming, from any thread; what came is kept."""
        self._session.cancel()

    def close(self) -> None:
        """End the conversation and stop the server."""
        self._session.close()
        self._server.close()


def _require_text(question: str) -> None:
    try:
        question.encode()
    except UnicodeEncodeError:
        raise RequestError("the question is no UTF-8 text: nothing was asked") from None


def _served(lab: Lab, reference: str, progress: Progress | None) -> tuple[str, str, ServedModel]:
    """Return a model's id, its name, and how the server finds it on disk."""
    from engine import base_models
    from engine.serve.settings import ServedModel

    home = lab.places.home
    try:
        found = models.model(lab.database.reader, reference)
    except NotFoundError as error:
        if not base_models.exists(reference):
            raise NotFoundError(f"{error}; nor is it a base model") from None
        base = str(base_models.resolve(reference, home, progress))
        return reference, reference, ServedModel(id=reference, base=base)
    folder = str(lab.places.model(found.id))
    if found.kind == "full":
        return found.id, found.name, ServedModel(id=found.id, base=folder)
    base = str(base_models.resolve(found.base_model, home, progress))
    return found.id, found.name, ServedModel(id=found.id, base=base, adapter=folder)
