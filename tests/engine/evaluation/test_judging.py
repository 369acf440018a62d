from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import LimitError
from engine.evaluation.costs import price_of, require_affordable
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.lab import Lab
from engine.scoring.judged import Judge
from tests.engine.evaluation.conftest import (
    CHAT,
    Evaluate,
    Rescued,
    Sums,
    bodies,
    last_message,
)

if TYPE_CHECKING:
    from tests.standin.calls import Json
    from tests.standin.standin import Standin

JUDGE = Judge("gpt-4.1-mini-2025-04-14", "openai")


def judging(standin: Standin, verdict: str | None = None) -> None:
    """Have models answer with what they are, and the judge like the tuned one, or say this."""

    def answer(asked: Json) -> str | None:
        if "<answer A>" not in last_message(asked):
            return "tuned" if asked["model"].startswith("ft:") else "plain"
        case = last_message(asked)
        first = case.partition("<answer A>")[2].partition("</answer A>")[0].strip()
        return verdict or f"Because. [[{'A' if first == 'tuned' else 'B'}]]"

    standin.behaviour.answerer = answer


def judged(standin: Standin) -> list[Json]:
    return [body for body in bodies(standin, CHAT) if "<answer A>" in last_message(body)]


def test_a_judge_is_asked_in_both_orders(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    judging(standin)
    outcome = evaluated(sums(3, "number_match"), rescued().id, scorers=(JUDGE,))
    assert len(judged(standin)) == 6
    [column] = [each for each in outcome.columns if isinstance(each.scorer, Judge)]
    assert column.mean == 1.0
    assert {score.detail for score in column.scores.values()} == {"better, in both orders"}


def test_what_the_order_decides_is_a_tie(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    judging(standin, "The first one. [[A]]")
    outcome = evaluated(sums(2, "number_match"), rescued().id, scorers=(JUDGE,))
    [column] = [each for each in outcome.columns if isinstance(each.scorer, Judge)]
    assert column.mean == 0.5
    assert "undecided" in str(next(iter(column.scores.values())).detail)


def test_no_verdict_is_told_and_is_no_score(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    judging(standin, "I would rather not say.")
    outcome = evaluated(sums(2, "number_match"), rescued().id, scorers=(JUDGE,))
    assert (outcome.evaluation.status, outcome.evaluation.faults) == ("completed", 2)


def test_what_a_judge_said_is_not_paid_for_twice(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    judging(standin)
    model, suite = rescued(), sums(3, "number_match")
    first = evaluated(suite, model.id, scorers=(JUDGE,))
    again = evaluated(suite, model.id, scorers=(JUDGE,))
    assert len(judged(standin)) == 6
    assert first.evaluation.judge_cost == pytest.approx(again.evaluation.judge_cost)
    assert first.evaluation.judge_cost
    assert again.spent == 0


def test_a_judge_may_hold_answers_beside_those_of_another_model(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    judging(standin)
    suite = sums(3, "number_match")
    old, new = rescued(suffix="old"), rescued(suffix="new")
    evaluated(suite, old.id)
    outcome = evaluated(suite, new.id, scorers=(JUDGE,), against=old.id)
    [column] = [each for each in outcome.columns if isinstance(each.scorer, Judge)]
    assert column.against == old.id
    # Both say the same, so that the judge likes whichever comes first.
    assert column.mean == 0.5


def test_the_price_of_judging_is_told_before(lab: Lab, rescued: Rescued, sums: Sums) -> None:
    planned = plan(lab, sums(3).id, rescued().id, EvaluationWish(scorers=(JUDGE,)))
    assert planned.judgement is not None
    assert planned.judgement.about > 0


def test_a_judge_whose_price_is_unknown_is_not_asked_within_a_limit(
    lab: Lab, rescued: Rescued, sums: Sums
) -> None:
    nameless = Judge("somebody", "openai")
    suite, model = sums(3).id, rescued().id
    limited = plan(lab, suite, model, EvaluationWish(scorers=(JUDGE, nameless), max_cost=1.0))
    assert price_of([limited]) is None
    with pytest.raises(LimitError, match="or somebody is not known"):
        require_affordable([limited])
    require_affordable([plan(lab, suite, model, EvaluationWish(scorers=(nameless,)))])
