"""Asking a service for references one at a time, within what that may cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import LimitError, ProviderError
from engine.evaluation.prompt_logprobs import FIELDS, learned, prompt_tokens, request
from engine.recording.paid_queue import PaidQueue, cost_of, keep_asking
from engine.recording.replies import Reply, read_answer
from engine.suites.prompts import Prompt, text_of

if TYPE_CHECKING:
    import openai

    from engine.evaluation.likelihoods import Ledger
    from engine.providers.hosted.service import Service
    from engine.recording.plan import RecordingPlan
    from engine.recording.purse import Purse

Progress = Callable[[int, int, float], None]
"""Told of how many of all are done, and of US dollars spent."""

_REFUSALS = frozenset({"bad_request", "not_found", "permission"})
"""How a service says that it does not do such a thing."""

_ALIKE = 3
"""So many that cannot be read before any that can: the fault is not in the prompts."""

_OVER_THE_PROMPT = frozenset({"server", "timeout", "unreadable"})
"""How a service fails over one prompt, if it is not failing altogether."""

_WITHOUT = "it answered without the prompt_logprobs that were asked for (vLLM tells them)"


class UnreadError(Exception):
    """A reference is not read; the words say why."""


class UntoldError(Exception):
    """A service answered without telling how likely its model holds what it was sent."""


@dataclass(slots=True)
class Readings:
    """What came of asking a service for references.

    Attributes:
        read: how many it read.
        left_out: how many of them could not be read, by the words that say why.
        untold: why there are none at all: the service does not tell; None if it does.
        spent: US dollars, as far as prices are known.
        stopped: why it ended before its end.
    """

    read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    untold: str | None = None
    spent: float = 0.0
    stopped: Exception | None = None


class Reader:
    """Has a service read references, within what that may cost.

    Args:
        ledger: where it is recorded.
        plan: of the answers, with the model and its prices.
        purse: what is spent of.
        progress: told how far it has come.
    """

    def __init__(
        self, ledger: Ledger, plan: RecordingPlan, purse: Purse, progress: Progress
    ) -> None:
        self._ledger = ledger
        self._plan = plan
        self._purse = purse
        self._progress = progress
        self._queue = PaidQueue[Prompt]((), purse, self._at_most, _too_dear)
        self._total = 0
        self._set_aside: ProviderError | None = None
        self._found = Readings()

    async def read(self, service: Service, prompts: Sequence[Prompt], at_once: int) -> Readings:
        """Ask for references, the shortest first, and record each as soon as it is told.

        Args:
            service: where the model is, opened.
            prompts: whose references are wanted.
            at_once: how many of them are asked for at the same time.

        Raises:
            StoreError: if one cannot be recorded.
            OSError: likewise.
        """
        waiting = sorted(prompts, key=_size)
        self._queue = PaidQueue(waiting, self._purse, self._at_most, _too_dear)
        self._total = len(prompts)
        self._tell()
        while not self._found.read and await self._read_next(service):
            pass
        await keep_asking(lambda: self._read_next(service), at_once)
        self._found.stopped = self._found.stopped or self._set_aside
        return self._found

    async def _read_next(self, service: Service) -> bool:
        """Have one reference read; tell whether there was one."""
        prompt = await self._take()
        if prompt is None:
            return False
        read = self._found.read
        try:
            await self._read(service, prompt)
        except UntoldError:
            self._leave_out(_WITHOUT, of_all=True)
        except UnreadError as error:
            self._leave_out(str(error))
        except ProviderError as failure:
            self._take_failure(failure, others_go_on=self._found.read > read)
        finally:
            await self._queue.put_back(prompt)
        self._tell()
        return True

    async def _take(self) -> Prompt | None:
        """Return the next prompt whose reading can be paid for."""
        try:
            return await self._queue.take(self._is_over)
        except LimitError as error:
            self._found.stopped = self._found.stopped or error
            return None

    def _is_over(self) -> bool:
        return self._found.stopped is not None or self._found.untold is not None

    def _at_most(self, prompt: Prompt) -> float:
        prices = self._plan.prices
        return 0.0 if prices is None else prices.reading(prompt).at_most

    async def _read(self, service: Service, prompt: Prompt) -> None:
        """Have a reference read: the conversation with it, and without it to know where it begins.

        Raises:
            UnreadError: if that cannot be.
            UntoldError: if the service does not tell.
            ProviderError: if the service refuses, or does not answer.
        """
        asked = []
        for answered in (True, False):
            reply = await self._asked(service, prompt, answered=answered)
            tokens = prompt_tokens(reply.said)
            if tokens is None:
                raise UntoldError
            asked.append((reply, tokens))
        (whole, with_answer), (begun, without_answer) = asked
        found = learned(with_answer, without_answer)
        if found is None:
            raise UnreadError(
                "its chat template begins another answer behind it, so that it cannot be told "
                "where it ends"
            )
        if not found:
            raise UnreadError("there is no token in it that a model could learn")
        self._ledger.record(prompt, found, self._paid(whole, begun))
        self._found.read += 1

    async def _asked(self, service: Service, prompt: Prompt, *, answered: bool) -> Reply:
        body = request(self._plan.remote_id, prompt, answered=answered)

        async def send(client: openai.AsyncOpenAI) -> Reply:
            endpoint: Any = client.chat.completions
            answer = await endpoint.with_raw_response.create(**body)
            raw = service.without_key(answer.content)
            return Reply(read_answer(raw), raw, 0.0)

        reply = await service.read(send)
        self._pay(prompt, reply)
        return reply

    def _pay(self, prompt: Prompt, reply: Reply) -> None:
        cost = cost_of(reply, self._plan.rates)
        paid = self._at_most(prompt) / 2 if cost is None else cost
        self._found.spent += paid
        self._purse.pay(paid)

    def _paid(self, *replies: Reply) -> dict[str, float | int | None]:
        """Return what the replies of one reference came to; None for what the service kept back."""
        return {
            "prompt_tokens": _sum(reply.tokens("prompt_tokens") for reply in replies),
            "completion_tokens": _sum(reply.tokens("completion_tokens") for reply in replies),
            "cost": _sum(cost_of(reply, self._plan.rates) for reply in replies),
        }

    def _take_failure(self, failure: ProviderError, *, others_go_on: bool) -> None:
        """Take a refusal of one reference, of all of them, or a failure that ends it.

        What a service fails over again and again while it reads others is set aside: it must not
        hold up the rest.
        """
        found = self._found
        if failure.kind in _OVER_THE_PROMPT and others_go_on:
            self._set_aside = failure
        elif failure.kind not in _REFUSALS or (found.read and failure.kind != "bad_request"):
            found.stopped = found.stopped or failure
        else:
            said = str(failure)
            of_the_wish = failure.param in FIELDS or any(name in said for name in FIELDS)
            of_all = failure.kind != "bad_request" or of_the_wish
            self._leave_out(said, of_all=of_all)

    def _leave_out(self, said: str, *, of_all: bool = False) -> None:
        """Take it that a reference cannot be read; before any was, it may be said of all."""
        found = self._found
        found.left_out[said] += 1
        alike = found.left_out.total() >= min(_ALIKE, self._total)
        if not found.read and (of_all or alike):
            found.left_out.clear()
            found.untold = (
                f"{self._plan.provider} does not tell how likely its model holds an answer that is "
                f"hoped for: {said}"
            )

    def _tell(self) -> None:
        done = self._found.read + self._found.left_out.total()
        self._progress(done, self._total, self._found.spent)


def _too_dear(left: int) -> str:
    return (
        "what is left may not pay for the next answer that is hoped for to be read: "
        f"{left} are still to be"
    )


def _size(prompt: Prompt) -> int:
    return sum(len(text_of(message)) for message in (*prompt.messages, prompt.reference or {}))


def _sum(values: Iterable[float | None]) -> float | None:
    """Return the sum of numbers; None if one of them is not known."""
    found = list(values)
    return None if None in found else sum(value for value in found if value is not None)
