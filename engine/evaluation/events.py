"""The events of an evaluation itself: what was planned, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evaluation.figures import figures_of
from engine.recording.settings import questions_of
from engine.suites.prompts import keep
from store.ids import new_id
from store.queries.recordings import answers_of

if TYPE_CHECKING:
    from engine.evaluation.column import Column
    from engine.evaluation.plan import EvaluationPlan
    from engine.lab import Lab


def begun(lab: Lab, plan: EvaluationPlan) -> tuple[str, int]:
    """Record the plan, unless that has been done; return the evaluation's id and the plan's seq."""
    from engine.scoring.registry import to_json
    from store.events import EvaluationPlanned

    if plan.open is not None:
        first = next(lab.log.read(stream=f"evaluation/{plan.open.id}"))
        return plan.open.id, first.seq
    recording = plan.recording
    content, _ = keep(lab.blobs, plan.prompts)
    drawn, price = recording.settings, plan.price
    fact = EvaluationPlanned(
        id=new_id("eval"),
        suite=plan.suite.id,
        model=plan.subject,
        name=recording.target.name,
        provider=recording.provider,
        remote_id=recording.remote_id,
        prompts=content,
        count=len(plan.prompts),
        scorers=[to_json(scorer) for scorer in plan.scorers],
        against=plan.against,
        samples=drawn.samples,
        temperature=drawn.temperature if drawn.samples else 0.0,
        max_tokens=drawn.max_tokens,
        top_logprobs=drawn.top_logprobs,
        stop=list(drawn.stop),
        reused=recording.questions - len(recording.missing),
        estimate=None if price is None else price.about,
        at_most=None if price is None else price.at_most,
        leaked=None if plan.leaks is None else plan.leaks.rows,
    )
    [event] = lab.log.append(f"evaluation/{fact.id}", fact, expected=0)
    return fact.id, event.seq


def record_stop(lab: Lab, plan: EvaluationPlan, evaluation: str, reason: str) -> None:
    """Record that an evaluation ended before its end."""
    from store.events import EvaluationStopped

    tally = _tally(lab, plan)
    fact = EvaluationStopped(
        reason=reason, answers=tally.answers, refused=tally.refused, cost=tally.cost
    )
    lab.log.append(f"evaluation/{evaluation}", fact)


def record_completion(
    lab: Lab,
    plan: EvaluationPlan,
    evaluation: str,
    columns: Sequence[Column],
    judge_cost: float | None,
) -> None:
    """Record that an evaluation is whole, and what each scorer says."""
    from store.events import EvaluationCompleted

    tally = _tally(lab, plan)
    fact = EvaluationCompleted(
        answers=tally.answers,
        refused=tally.refused,
        faults=sum(
            score.fault is not None for column in columns for score in column.scores.values()
        ),
        figures=figures_of(columns, batched=not plan.recording.hosted),
        cost=tally.cost,
        seconds=tally.seconds,
        judge_cost=judge_cost,
    )
    lab.log.append(f"evaluation/{evaluation}", fact)


@dataclass(frozen=True, slots=True)
class _Tally:
    """What there is of the answers of an evaluation.

    Attributes:
        answers: how many rows of the suite have one; of several samples, each counts.
        refused: how many the service would not answer.
        cost: US dollars of all answers, each paid for once; None if nobody knows.
        seconds: how long the answers took, added up over the rows; None if nobody knows.
    """

    answers: int
    refused: int
    cost: float | None
    seconds: float | None


def _tally(lab: Lab, plan: EvaluationPlan) -> _Tally:
    known = answers_of(lab.database.reader, plan.subject)
    places = (each.place for each in questions_of(plan.prompts, plan.recording.settings))
    found = [known[place] for place in places if place in known]
    answers = [answer for answer in found if answer.reply is not None]
    # Rows that ask the same have one answer between them.
    paid = {(each.request, each.sample): each.cost for each in answers if each.cost is not None}
    times = [answer.seconds for answer in answers if answer.seconds is not None]
    return _Tally(
        answers=len(answers),
        refused=len(found) - len(answers),
        cost=sum(paid.values()) if paid else None,
        seconds=sum(times) if times else None,
    )
