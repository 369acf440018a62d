"""An evaluation before it is begun: what was wished for, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.recording.costs import Price
    from engine.recording.plan import RecordingPlan
    from engine.scoring.scorer import Scorer
    from engine.suites.leaks import Leaks
    from engine.suites.prompts import Prompt
    from store.queries.evaluations import EvaluationRow
    from store.queries.suites import SuiteRow


@dataclass(frozen=True, slots=True)
class EvaluationWish:
    """What a person asks for.

    Attributes:
        scorers: those that are asked for beside the suite's own.
        samples: how often each prompt is asked at a temperature above 0; 0 for once at 0.
        temperature: that one; None for the suite's, or 1.
        max_tokens: of the longest answer; None for the suite's, or 1,024.
        against: a model whose recorded answers scorers may hold others beside.
        max_cost: US dollars, for all models together; None for the budget of the settings.
    """

    scorers: tuple[Scorer, ...] = ()
    samples: int = 0
    temperature: float | None = None
    max_tokens: int | None = None
    against: str | None = None
    max_cost: float | None = None


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """An evaluation of one model before it is begun.

    Attributes:
        suite: what it is asked.
        prompts: the rows of the suite; of those that ask the same and hope for something else, all
            are scored by the one answer.
        recording: how its answers come to be: an evaluation is a recording that is scored.
        scorers: what scores them.
        against: what the other model's answers are recorded under, if there is one.
        unread: the prompts of whose references it is not known yet how likely the model holds them;
            none where no scorer wants to know, or the model's service is known never to tell.
        judgement: what judging will cost, if answers are like those that were hoped for; None
            without a judge at a service, or if the price of one is not known.
        open: an evaluation of the same that was begun before.
        judged_at_a_service: whether a judge is asked at a service.
        leaks: which prompts stand in what the model was trained on; None if nobody looked yet, or
            what it was trained on is not known here.
        reading: what it costs to have a service read what is unread, if it tells; None at this
            machine, or if that is not known.
    """

    suite: SuiteRow
    prompts: tuple[Prompt, ...]
    recording: RecordingPlan
    scorers: tuple[Scorer, ...]
    against: str | None
    unread: tuple[Prompt, ...]
    judgement: Price | None
    open: EvaluationRow | None
    judged_at_a_service: bool = False
    leaks: Leaks | None = None
    reading: Price | None = None

    @property
    def price(self) -> Price | None:
        """What the missing answers cost, and reading what is unread; None if it is not known."""
        asked = self.recording.price
        return asked if asked is None or self.reading is None else asked + self.reading

    @property
    def asks_service(self) -> bool:
        """Whether a service is still to be asked anything, which may cost money."""
        return self.recording.hosted and bool(self.recording.missing or self.unread)

    @property
    def subject(self) -> str:
        """What the model's answers and scores are recorded under."""
        return self.recording.subject

    @property
    def samples(self) -> tuple[int, ...]:
        """The numbers of the answers that are scored: 0 is the one at temperature 0."""
        wanted = self.recording.settings.samples
        return tuple(range(1, wanted + 1)) if wanted else (0,)
