"""The questions of a recording while they are being asked, within what they may cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.chatting.reaching import reach_hosted
from engine.chatting.targets import HostedTarget
from engine.chatting.templates import explain_template
from engine.errors import LimitError, ProviderError
from engine.recording.asking import Asker
from engine.recording.paid_queue import PaidQueue, cost_of, keep_asking
from engine.recording.purse import Purse
from engine.recording.settings import Question
from store.log import Entry
from store.times import now

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.recording.plan import RecordingPlan
    from engine.recording.replies import Reply
    from store.events import AnswerRecorded, Fact

Progress = Callable[[int, int, float], None]
"""Told of answers there are, answers wanted, and US dollars spent."""

Heard = Callable[["Question", "AnswerRecorded"], None]
"""Told of each answer as soon as it is recorded."""

_ALIKE = 5
"""So many refusals in the same words before any answer: the fault is not in the prompts."""

_OF_THE_PROMPT = frozenset({"bad_request"})
"""What a service says of one prompt; all else would be said of every other prompt, too."""

_OVER_THE_PROMPT = frozenset({"server", "timeout", "unreadable"})
"""How a service fails over one prompt, if it is not failing altogether."""


class Work:
    """Asks what is missing of a recording.

    Args:
        lab: where the answers are recorded.
        plan: what is asked.
        recording: the recording's id.
        cause: the seq of the event with its plan.
        progress: told how far it has come.
        purse: what is spent of; None for one of its own, with the limit of the plan.
        heard: told of each answer.

    Attributes:
        spent: US dollars so far, as far as prices are known.
        answered: how many answers there were so far.
        refused: what the service would not answer: how often it said which words.
        stop: why it ended before its end.
    """

    def __init__(
        self,
        lab: Lab,
        plan: RecordingPlan,
        recording: str,
        cause: int,
        progress: Progress,
        purse: Purse | None = None,
        heard: Heard | None = None,
    ) -> None:
        self._lab = lab
        self._plan = plan
        self._recording = recording
        self._cause = cause
        self._progress = progress
        self._purse = purse or Purse(plan.limit)
        self._queue = PaidQueue(plan.missing, self._purse, self._at_most, _too_dear)
        self._heard = heard
        self._set_aside: ProviderError | None = None
        self.spent = 0.0
        self.answered = 0
        self.refused: Counter[str] = Counter()
        self.stop: Exception | None = None

    async def go(self, service: Service, at_once: int) -> None:
        """Ask all that is missing, as far as money and the service go.

        Raises:
            StoreError: if an answer cannot be recorded.
            OSError: likewise.
        """
        target = self._plan.target
        completes = isinstance(target, HostedTarget) and (
            reach_hosted(target, self._lab.places.prices, now).completes
        )
        asker = Asker(service, self._plan.remote_id, completes=completes)
        self._tell()
        if self._plan.hosted:
            # The first one alone: what the model does not heed, it need say only once.
            await self._ask_next(asker)
        await keep_asking(lambda: self._ask_next(asker), at_once)
        self.stop = self.stop or self._set_aside

    async def _ask_next(self, asker: Asker) -> bool:
        """Ask one question and record what comes of it; tell whether there was one to ask."""
        question = await self._take()
        if question is None:
            return False
        answered = self.answered
        try:
            reply = await asker.ask(question)
        except ProviderError as failure:
            self._take_failure(question, failure, others_go_on=self.answered > answered)
        else:
            self._take_reply(question, reply)
        finally:
            await self._queue.put_back(question)
        self._tell()
        return True

    async def _take(self) -> Question | None:
        """Return the next question that can be paid for whatever is answered."""
        try:
            return await self._queue.take(lambda: self.stop is not None)
        except LimitError as error:
            self.stop = self.stop or error
            return None

    def _at_most(self, question: Question) -> float:
        prices = self._plan.prices
        return 0.0 if prices is None else prices.price(question).at_most

    def _take_reply(self, question: Question, reply: Reply) -> None:
        from store.events import AnswerRecorded

        cost = cost_of(reply, self._plan.rates)
        paid = self._at_most(question) if cost is None else cost
        self.spent += paid
        self._purse.pay(paid)
        self.answered += 1
        probabilities = reply.logprobs()
        fact = AnswerRecorded(
            recording=self._recording,
            prompt=question.prompt.digest,
            request=question.request,
            sample=question.sample,
            settings=question.settings,
            content=reply.content,
            tool_calls=reply.tool_calls,
            refusal=reply.refusal,
            finish_reason=reply.finish_reason,
            prompt_tokens=reply.tokens("prompt_tokens"),
            completion_tokens=reply.tokens("completion_tokens"),
            cached_tokens=reply.tokens("prompt_tokens", "cached_tokens"),
            reasoning_tokens=reply.tokens("completion_tokens", "reasoning_tokens"),
            logprob=sum(probabilities) if probabilities else None,
            logprob_tokens=len(probabilities) or None,
            seconds=reply.seconds,
            cost=cost,
            answered_by=reply.answered_by,
            fingerprint=reply.fingerprint,
            request_id=reply.request_id,
            left_out=list(reply.left_out),
            reply=self._lab.blobs.put(reply.raw),
        )
        self._append(fact, key=f"{question.request}:{question.sample}")
        if self._heard is not None:
            self._heard(question, fact)

    def _take_failure(
        self, question: Question, failure: ProviderError, *, others_go_on: bool
    ) -> None:
        """Keep a refusal of one prompt; end with whatever every other prompt would meet, too.

        A prompt that a service fails over again and again, while it answers others, is set aside:
        what it fails over must not hold up the rest.
        """
        from store.events import AnswerRefused

        if failure.kind in _OVER_THE_PROMPT and others_go_on:
            self._set_aside = failure
            return
        if failure.kind not in _OF_THE_PROMPT:
            self.stop = self.stop or self._explained(failure)
            return
        failure = self._explained(failure)
        said = str(failure)
        self.refused[said] += 1
        fact = AnswerRefused(
            recording=self._recording,
            prompt=question.prompt.digest,
            request=question.request,
            sample=question.sample,
            error=said,
            code=failure.code,
        )
        self._append(fact)
        if not self.answered and self.refused[said] >= _ALIKE:
            self.stop = self.stop or failure

    def _explained(self, failure: ProviderError) -> ProviderError:
        from engine.chatting.missing import explain_missing
        from engine.pricing.catalogue import catalogue

        target = self._plan.target
        if not isinstance(target, HostedTarget):
            return explain_template(failure, target)
        if failure.kind != "not_found":
            return failure
        return explain_missing(failure, target, catalogue(self._lab.places.prices), now())

    def _append(self, fact: Fact, key: str | None = None) -> None:
        entry = Entry(fact, key=key, cause=self._cause)
        self._lab.log.append(f"answers/{self._plan.subject}", entry)

    def _tell(self) -> None:
        known = self._plan.questions - len(self._plan.missing)
        done = known + self.answered + sum(self.refused.values())
        self._progress(done, self._plan.questions, self.spent)


def _too_dear(left: int) -> str:
    return f"what is left may not pay for the next answer: {left} questions are still to be asked"
