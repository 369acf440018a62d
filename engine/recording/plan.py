"""A recording before it is begun: what was wished for, and what that comes to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.chatting import targets
from engine.chatting.targets import HostedTarget, Target
from engine.errors import LimitError
from engine.money import dollars
from engine.recording.costs import Price, Prices
from engine.recording.own_data import SUITE
from engine.recording.settings import Question, Settings
from engine.suites.prompts import Prompt

if TYPE_CHECKING:
    from engine.pricing.inference import Rates
    from store.queries.recordings import RecordingRow


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for.

    Attributes:
        suite: the suite whose prompts are asked.
        from_data: how many prompts of the model's own data are asked.
        samples: how often each is asked at the temperature, beside once at 0.
        temperature: None for the one that the model is used with.
        max_tokens: of the longest answer; None for the suite's, or 1,024.
        top_logprobs: how many of the likeliest tokens are told at each place.
        stop: texts before which an answer ends; None for the suite's.
        seed: of the prompts that are drawn.
        max_cost: US dollars; None for the budget of the settings.
    """

    suite: str | None = None
    from_data: int | None = None
    samples: int = 3
    temperature: float | None = None
    max_tokens: int | None = None
    top_logprobs: int = 5
    stop: tuple[str, ...] | None = None
    seed: int = 0
    max_cost: float | None = None


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """A recording before it is begun.

    Attributes:
        target: the model.
        subject: what its answers are recorded under: its id, or its provider and name there.
        prompts: what is asked.
        settings: how the answers are drawn.
        temperature_from: why it is this temperature, in words.
        suite: the id of the suite version, if one is asked.
        seed: of the prompts that were drawn.
        missing: the questions that have no answer yet.
        rates: what answers cost; None of a local model, or if it is not known.
        prices: what each question costs; None like the rates.
        price: what the missing answers will cost; None if it is not known.
        limit: US dollars that it may cost; None for no limit.
        open: a recording of the same that was begun before.
        done: a recording of the same that is whole.
    """

    target: Target
    subject: str
    prompts: tuple[Prompt, ...]
    settings: Settings
    temperature_from: str
    suite: str | None
    seed: int
    missing: tuple[Question, ...]
    rates: Rates | None
    prices: Prices | None
    price: Price | None
    limit: float | None
    open: RecordingRow | None
    done: RecordingRow | None

    @property
    def hosted(self) -> bool:
        """Whether the model is at a service."""
        return isinstance(self.target, HostedTarget)

    @property
    def provider(self) -> str:
        """The profile, or `local`."""
        target = self.target
        return target.profile.name if isinstance(target, HostedTarget) else targets.LOCAL

    @property
    def remote_id(self) -> str:
        """What whoever answers calls the model."""
        target = self.target
        return target.name if isinstance(target, HostedTarget) else target.served.id

    @property
    def questions(self) -> int:
        """How many answers the recording has when it is whole."""
        return len(self.prompts) * (1 + self.settings.samples)

    @property
    def parts(self) -> dict[str, int]:
        """How many prompts are from where."""
        return dict(Counter(prompt.part or SUITE for prompt in self.prompts))

    def require_affordable(self, ask_less: str = "ask less with --from-data and --samples") -> None:
        """See that it will not cost more than it may.

        Args:
            ask_less: what helps beside a higher limit.

        Raises:
            LimitError: if it would, or nobody knows.
        """
        if self.limit is None or not self.missing or not self.hosted:
            return
        if self.price is None:
            raise LimitError(
                f"what answers of {self.target.name} cost is not known, so it cannot be kept under "
                f"{dollars(self.limit)}: write its prices into pricing.toml in the data directory"
            )
        if self.price.about > self.limit:
            raise LimitError(
                f"the answers of {self.target.name} would cost about {dollars(self.price.about)}, "
                f"more than the limit of {dollars(self.limit)}: {ask_less}, or raise --max-cost"
            )
