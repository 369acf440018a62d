"""Evaluations told straight to the log: answers with their scores, as `ftlab eval` records them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.evaluation.answers import reference_digest
from engine.recording.settings import Settings, questions_of
from engine.scoring.likelihood import Perplexity
from engine.scoring.matching import ExactMatch
from engine.scoring.registry import identity, to_json
from engine.suites.prompts import Prompt, keep
from store.events import (
    AnswerRecorded,
    AnswersScored,
    EvaluationCompleted,
    EvaluationPlanned,
    EvaluationStopped,
    SuiteDefined,
)

if TYPE_CHECKING:
    from engine.recording.settings import Question
    from engine.scoring.scorer import Scorer
    from engine.suites.prompts import Message
    from store.blobs import BlobStore
    from store.log import EventLog

EXACT = ExactMatch()
PERPLEXITY = Perplexity()
REPLY = "f" * 64


@dataclass(frozen=True)
class Gave:
    """What a model answered to a prompt, and what the scorers said of that.

    Attributes:
        text: the answer; None for none.
        exact: whether it was exactly what was hoped for; None for no such score.
        losses: of the tokens of the reference, added up, and their number.
        cost: US dollars.
        seconds: until it was whole.
        fault: why it has no exact score.
    """

    text: str | None = "an answer"
    exact: float | None = None
    losses: tuple[float, float] | None = None
    cost: float | None = None
    seconds: float | None = None
    fault: str | None = None


def right(
    text: str = "right",
    losses: tuple[float, float] | None = None,
    cost: float | None = None,
    seconds: float | None = None,
) -> Gave:
    return Gave(text, 1.0, losses, cost, seconds)


def wrong(
    text: str = "wrong",
    losses: tuple[float, float] | None = None,
    cost: float | None = None,
    seconds: float | None = None,
) -> Gave:
    return Gave(text, 0.0, losses, cost, seconds)


def question(number: int) -> Prompt:
    reference: Message = {"role": "assistant", "content": f"answer {number}"}
    return Prompt(({"role": "user", "content": f"question {number}"},), (), reference, None)


class Evaluations:
    """Tells a log of suites and of models that were evaluated by them.

    Args:
        log: the log.
        blobs: where the prompts are kept.
    """

    def __init__(self, log: EventLog, blobs: BlobStore) -> None:
        self._log, self._blobs = log, blobs
        self._prompts: dict[str, list[Prompt]] = {}
        self._count = 0

    def numbered_from(self, number: int) -> None:
        """Go on counting evaluations from a number, beside others of the same log."""
        self._count = number

    def suite(self, name: str, prompts: int | Sequence[Prompt], version: int = 1) -> str:
        """Define a version of a suite; return its id."""
        asked = list(map(question, range(prompts))) if isinstance(prompts, int) else list(prompts)
        content, size = keep(self._blobs, asked)
        fact = SuiteDefined(
            id=f"suite_{name}{version}",
            name=name,
            version=version,
            content=content,
            bytes=size,
            prompts=len(asked),
            answered=len(asked),
        )
        self._log.append(f"suite/{name}", fact)
        self._prompts[fact.id] = asked
        return fact.id

    def evaluate(
        self,
        suite: str,
        model: str,
        gave: Sequence[Gave] | Mapping[int, Gave],
        scorers: Sequence[Scorer] = (EXACT,),
        stopped: str | None = None,
        *,
        samples: int = 0,
        temperature: float = 1.0,
        max_tokens: int = 1024,
        stop: tuple[str, ...] = (),
        against: str | None = None,
        paid: Mapping[str, float] | None = None,
        service: str | None = None,
    ) -> str:
        """Record what a model gave to the prompts of a suite; return the evaluation's id."""
        self._count += 1
        given = dict(gave) if isinstance(gave, Mapping) else dict(enumerate(gave))
        settings = Settings(samples, temperature, max_tokens, 0, stop)
        planned = self._planned(suite, model, scorers, settings, against)
        if service is not None:
            planned = planned.model_copy(update={"provider": service})
        prompts = self._prompts[suite]
        asked = [
            (each, given[prompts.index(each.prompt)])
            for each in questions_of(prompts, settings)
            if prompts.index(each.prompt) in given and bool(each.sample) == bool(settings.samples)
        ]
        self._log.append(f"evaluation/{planned.id}", planned)
        answers = [_answer(each, said) for each, said in asked if said.text is not None]
        if answers:
            self._log.append(f"answers/{model}", *answers)
        for scorer in scorers:
            self._log.append(f"scores/{model}", _scores(planned.id, scorer, asked, against))
        end = (
            EvaluationCompleted(answers=len(answers), figures=[], **(paid or {}))
            if stopped is None
            else EvaluationStopped(reason=stopped, answers=len(answers), refused=0)
        )
        self._log.append(f"evaluation/{planned.id}", end)
        return planned.id

    def _planned(
        self,
        suite: str,
        model: str,
        scorers: Sequence[Scorer],
        settings: Settings,
        against: str | None,
    ) -> EvaluationPlanned:
        prompts = [replace(prompt, part="suite") for prompt in self._prompts[suite]]
        provider, _, name = model.rpartition("/")
        return EvaluationPlanned(
            id=f"eval_{self._count:04}",
            suite=suite,
            model=model,
            name=name,
            provider=provider or "local",
            remote_id=name,
            prompts=keep(self._blobs, prompts)[0],
            count=len(prompts),
            scorers=[to_json(scorer) for scorer in scorers],
            against=against,
            samples=settings.samples,
            temperature=settings.temperature if settings.samples else 0.0,
            max_tokens=settings.max_tokens,
            top_logprobs=settings.top_logprobs,
            stop=list(settings.stop),
        )


def _answer(asked: Question, gave: Gave) -> AnswerRecorded:
    return AnswerRecorded(
        recording="rec_of_an_evaluation",
        prompt=asked.prompt.digest,
        request=asked.request,
        sample=asked.sample,
        settings=asked.settings,
        content=gave.text,
        cost=gave.cost,
        seconds=gave.seconds,
        reply=REPLY,
    )


def _scores(
    evaluation: str,
    scorer: Scorer,
    asked: Sequence[tuple[Question, Gave]],
    against: str | None,
) -> AnswersScored:
    likely = isinstance(scorer, Perplexity)
    gave = [said for _, said in asked]
    losses = [each.losses for each in gave]
    values = [_perplexity(each) for each in losses] if likely else [each.exact for each in gave]
    return AnswersScored(
        evaluation=evaluation,
        scorer=to_json(scorer),
        identity=identity(scorer),
        against=against,
        prompts=[each.prompt.digest for each, _ in asked],
        requests=[each.request for each, _ in asked],
        samples=[each.sample for each, _ in asked],
        references=[reference_digest(each.prompt) for each, _ in asked],
        values=values,
        details=[None] * len(asked),
        faults=[None if likely else each.fault for each in gave],
        parts=[None if each is None else list(each) for each in losses] if likely else [],
    )


def _perplexity(losses: tuple[float, float] | None) -> float | None:
    return None if losses is None else math.exp(losses[0] / losses[1])
