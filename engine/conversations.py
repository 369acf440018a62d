"""Conversations with models, every turn recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.chat import ChatSession
from engine.chatting import targets
from engine.chatting.local import LocalModels
from engine.chatting.reaching import Reached, reach_hosted, reach_local
from engine.chatting.recalling import Recalled, recall
from engine.chatting.sampling import Sampling
from engine.chatting.targets import HostedTarget, LocalTarget, Progress
from engine.closing import Closing
from engine.errors import RequestError
from store.ids import new_id
from store.queries.chats import turn_count
from store.times import now as this_moment

if TYPE_CHECKING:
    from engine.chatting.turns import ChatTurn
    from engine.lab import Lab

__all__ = ["Conversation", "Progress", "Sampling"]


class Conversation(Closing):
    """A conversation with one model, over a server of its own on loopback or at a hosted service.

    Opening one starts the server of a local model; the model is loaded when the first question is
    asked. Of a hosted one nothing is asked before.

    Args:
        lab: where the model is found and the turns are recorded.
        model: a model version's name, id or beginning, a base model, or what a service calls a
            model; see `engine.chatting.targets`.
        system: a system prompt.
        sampling: how answers are drawn.
        progress: told of the stages of getting the base model ready.
        provider: the profile whose service is asked, or `local`; None goes by the list of models.
        local: gathers the local models of several conversations, which will be started together;
            None starts a server for this one.
        chat: a conversation of the log to go on with, by its settings; `system` and `sampling` are
            not heeded then.
        now: tells the time.

    Attributes:
        model_name: what to call the model.
        hosted: whether it is at a service.
        system: the system prompt.
        sampling: how answers are drawn.
        chat: the conversation's id; None as long as nothing of it is recorded.
        last_turn: the last question with its whole answer; None while one is coming.
        last_ordinal: its place among the recorded turns, counted from 1; None if it is not there.

    Raises:
        NotFoundError: if there is no model of this name, no such profile or conversation.
        LabError: if the server cannot be started, or there is no key for the service.
    """

    def __init__(
        self,
        lab: Lab,
        model: str,
        system: str | None,
        sampling: Sampling,
        progress: Progress | None = None,
        *,
        provider: str | None = None,
        local: LocalModels | None = None,
        chat: str | None = None,
        now: Callable[[], datetime] = this_moment,
    ) -> None:
        self._lab = lab
        self._own_server: LocalModels | None = None
        recalled = None if chat is None else recall(lab.database.reader, chat)
        target = self._target = targets.find(lab, model, provider, progress)
        self.model_name = target.name
        self.hosted = isinstance(target, HostedTarget)
        reached = (
            reach_hosted(target, lab.places.prices, now)
            if isinstance(target, HostedTarget)
            else self._served(target, local)
        )
        self._reached = reached
        self._rates = reached.rates
        self._begin(recalled or Recalled(None, system, sampling))

    def _begin(self, recalled: Recalled) -> None:
        system, sampling = recalled.system, recalled.sampling
        self.system, self.sampling = system, sampling
        self.chat = recalled.id
        self.last_ordinal: int | None = None
        self.last_turn: ChatTurn | None = None
        self._session = ChatSession(
            self._reached.endpoint,
            self._reached.model,
            system,
            sampling,
            completes=self._reached.completes,
            earlier=recalled.exchanges,
        )

    def _served(self, target: LocalTarget, local: LocalModels | None) -> Reached:
        """Have a model of this machine served, with others or by a server of its own."""
        server = local or LocalModels()
        server.add(target.served)
        if local is None:
            self._own_server = server
            server.start()
        return reach_local(target, server)

    def begin_anew(self, system: str | None, sampling: Sampling) -> None:
        """Begin another conversation with the model, which remembers nothing of this one.

        Its server stays up. The answer that is coming has to be at its end.
        """
        self._session.close()
        self._begin(Recalled(None, system, sampling))

    @property
    def priced(self) -> bool:
        """Whether it is known what answers cost."""
        return self._rates is not None

    @property
    def completes(self) -> bool:
        """Whether the model completes texts, so that it sees each question alone."""
        return self._session.completes

    @property
    def forgets(self) -> bool:
        """Whether the model learned from single questions, so that it sees each one alone."""
        return isinstance(self._target, LocalTarget) and self._target.forgets

    def ask(self, question: str) -> Iterator[str]:
        """Yield the answer in pieces as they come; the turn is recorded when it ends, however.

        Raises:
            RequestError: if the question is no text that can be recorded.
            ChatError: if a local model cannot answer; what came before that is kept.
            ProviderError: the same of a hosted one.
        """
        self.last_turn = self.last_ordinal = None
        _require_text(question)
        try:
            yield from self._session.ask(question)
        finally:
            if self._session.last_turn is not None:
                self.last_turn = self._with_cost(self._session.last_turn)
                self._record(self.last_turn)

    def _with_cost(self, turn: ChatTurn) -> ChatTurn:
        if self._rates is None or turn.prompt_tokens is None or turn.completion_tokens is None:
            return turn
        cost = self._rates.cost(turn.prompt_tokens, turn.completion_tokens, turn.cached_tokens)
        return replace(turn, cost=cost)

    def _record(self, turn: ChatTurn) -> None:
        from store.events import ChatTurnRecorded

        fact = ChatTurnRecorded(
            question=turn.question,
            answer=turn.content,
            finish_reason=turn.finish_reason,
            prompt_tokens=turn.prompt_tokens,
            completion_tokens=turn.completion_tokens,
            cached_tokens=turn.cached_tokens,
            seconds_to_first_token=turn.seconds_to_first_token,
            seconds=turn.seconds,
            cost=turn.cost,
            answered_by=turn.answered_by,
            fingerprint=turn.fingerprint,
            left_out=list(turn.left_out),
            error=turn.error,
        )
        chat = self._opened()
        self._lab.log.append(f"chat/{chat}", fact)
        self.last_ordinal = turn_count(self._lab.database.reader, chat)

    def _opened(self) -> str:
        """Open the conversation in the log with its first turn; return its id."""
        from store.events import ChatOpened

        if self.chat is None:
            chat = new_id("chat")
            target, drawn = self._target, self.sampling
            opened = ChatOpened(
                model=target.id,
                provider=(
                    target.profile.name if isinstance(target, HostedTarget) else targets.LOCAL
                ),
                system=self.system,
                temperature=drawn.temperature,
                max_tokens=drawn.max_tokens,
                seed=drawn.seed,
                stop=list(drawn.stop),
            )
            self._lab.log.append(f"chat/{chat}", opened, expected=0)
            self.chat = chat
        return self.chat

    def cancel(self) -> None:
        """Stop the answer that is coming, from any thread; what came is kept."""
        self._session.cancel()

    def close(self) -> None:
        """End the conversation and stop its server."""
        self._session.close()
        if self._own_server is not None:
            self._own_server.close()


def _require_text(question: str) -> None:
    try:
        question.encode()
    except UnicodeEncodeError:
        raise RequestError("the question is no UTF-8 text: nothing was asked") from None
