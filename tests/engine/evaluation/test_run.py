from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from engine.errors import LimitError, ProviderError
from engine.evaluation.outcome import Outcome, Skipped, Standing
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.lab import Lab
from engine.scoring.specs import parse
from store.events import AnswersScored, EvaluationPlanned
from store.queries.evaluations import evaluation_list, scores_of
from tests.engine.evaluation.conftest import CHAT, Evaluate, Rescued, Sums, right_but
from tests.standin import faults
from tests.standin.errors import bad_request

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def means(outcome: Outcome) -> dict[str, float | None]:
    return {column.scorer.about.id: column.mean for column in outcome.columns}


def test_every_answer_is_scored_by_every_scorer(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    right_but(standin, 2, 4)
    outcome = evaluated(sums(6, "number_match", "contains:It"), rescued().id)
    assert outcome.stopped is None
    assert means(outcome) == {"number_match": pytest.approx(4 / 6), "contains": 1.0}
    row = outcome.evaluation
    assert (row.status, row.answers, row.refused, row.faults) == ("completed", 6, 0, 0)
    assert row.cost is not None
    assert row.seconds is not None


def test_the_figures_are_recorded_with_their_intervals(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    right_but(standin, 2, 4)
    row = evaluated(sums(6, "number_match"), rescued().id).evaluation
    assert '"label": "number_match"' in row.figures_json
    import json

    [figure] = json.loads(row.figures_json)
    assert figure["rows"] == 6
    assert figure["low"] < figure["value"] < figure["high"]


def test_answers_that_are_all_right_still_have_an_interval(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    import json

    right_but(standin)
    row = evaluated(sums(6, "number_match"), rescued().id).evaluation
    [figure] = json.loads(row.figures_json)
    assert figure["value"] == figure["high"] == 1
    assert 0.5 < figure["low"] < 0.9


def test_the_plan_is_recorded_before_anything_is_asked(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=None)
    outcome = evaluated(sums(), rescued().id)
    assert isinstance(outcome.stopped, ProviderError)
    planned, stopped = lab.log.read(stream=f"evaluation/{outcome.evaluation.id}")
    assert (planned.type, stopped.type) == (EvaluationPlanned.type_name, "EvaluationStopped")
    assert "no money" in str(outcome.evaluation.reason)


def test_nothing_is_asked_or_scored_twice(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    model, suite = rescued(), sums(4, "number_match")
    right_but(standin)
    evaluated(suite, model.id)
    again = evaluated(suite, model.id)
    assert (again.asked, standin.count("POST", CHAT)) == (0, 4)
    assert means(again) == {"number_match": 1.0}
    facts = list(lab.log.facts(f"scores/{model.id}"))
    assert sum(len(fact.requests) for fact in facts if isinstance(fact, AnswersScored)) == 4


def test_another_scorer_asks_nothing_anew(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    model, suite = rescued(), sums(4, "number_match")
    right_but(standin)
    evaluated(suite, model.id)
    more = evaluated(suite, model.id, scorers=(parse("exact_match"),))
    assert standin.count("POST", CHAT) == 4
    assert means(more) == {"number_match": 1.0, "exact_match": 1.0}


def test_an_evaluation_that_was_broken_off_goes_on(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    model, suite = rescued(), sums(6, "number_match")
    right_but(standin)
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=1, after=3)
    broken = evaluated(suite, model.id)
    assert broken.evaluation.status == "stopped"
    whole = evaluated(suite, model.id)
    assert whole.evaluation.id == broken.evaluation.id
    assert whole.evaluation.status == "completed"
    assert standin.count("POST", CHAT, status=200) == 6


def test_what_was_scored_before_ctrl_c_stays(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums
) -> None:
    model, suite = rescued(), sums(12, "number_match")
    right_but(standin)
    planned = plan(lab, suite.id, model.id, EvaluationWish())
    stopped = False

    def stop(standing: Standing) -> None:
        nonlocal stopped
        if standing.done >= 4 and not stopped:
            stopped = True
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        evaluate(lab, [planned], lambda _plan: stop)
    [row] = evaluation_list(lab.database.reader)
    assert (row.status, row.reason) == ("stopped", "interrupted")
    [scorer] = planned.scorers
    from engine.scoring.registry import identity

    assert len(scores_of(lab.database.reader, model.id, identity(scorer))) >= 4


def test_a_prompt_that_is_refused_is_told_and_does_not_end_it(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    right_but(standin)
    standin.inject(faults.refused(bad_request("No sums.")), "POST", CHAT, times=1, after=2)
    outcome = evaluated(sums(6, "number_match"), rescued().id)
    assert outcome.stopped is None
    assert (outcome.evaluation.answers, outcome.evaluation.refused) == (5, 1)
    assert sum(outcome.refused.values()) == 1


def test_an_answer_that_cannot_be_scored_is_told_and_does_not_end_it(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    right_but(standin)
    outcome = evaluated(sums(3, "json_valid", "number_match"), rescued().id)
    assert outcome.evaluation.status == "completed"
    assert means(outcome)["number_match"] == 1.0


def test_several_models_are_evaluated_within_one_limit(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums
) -> None:
    first, second = rescued(suffix="first"), rescued(suffix="second")
    suite = sums(20, "number_match")
    right_but(standin)
    dear = [plan(lab, suite.id, each.id, EvaluationWish(max_cost=0.0)) for each in (first, second)]
    assert dear[0].recording.price is not None
    limit = 1.5 * dear[0].recording.price.at_most
    plans = [
        plan(lab, suite.id, each.id, EvaluationWish(max_cost=limit)) for each in (first, second)
    ]
    outcomes = evaluate(lab, plans)
    assert sum(each.spent for each in outcomes if isinstance(each, Outcome)) <= limit


def test_too_little_money_ends_it_with_what_there_is(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    model, suite = rescued(), sums(6, "number_match")
    right_but(standin)
    price = plan(lab, suite.id, model.id, EvaluationWish()).recording.price
    assert price is not None
    outcome = evaluated(suite, model.id, max_cost=price.at_most / 7)
    assert isinstance(outcome.stopped, LimitError)
    assert outcome.evaluation.status == "stopped"


def test_one_model_that_cannot_be_asked_does_not_hold_up_the_others(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums
) -> None:
    from store.leases import Lease

    first, second = rescued(suffix="first"), rescued(suffix="second")
    right_but(standin)
    busy = Lease(lab.database, f"recording:{first.id}", "somebody else", seconds=60)
    assert busy.acquire()
    suite = sums(3, "number_match")
    plans = [plan(lab, suite.id, each.id, EvaluationWish()) for each in (first, second)]
    left, whole = evaluate(lab, plans, patience=0)
    assert isinstance(left, Skipped)
    assert isinstance(whole, Outcome)
    assert whole.evaluation.status == "completed"


def test_samples_are_scored_by_their_mean(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    right_but(standin)
    outcome = evaluated(sums(3, "number_match"), rescued().id, samples=2, temperature=0.7)
    assert standin.count("POST", CHAT) == 9
    [column] = outcome.columns
    assert {sample for _, sample, _ in column.scores} == {1, 2}


def test_answers_that_were_asked_for_otherwise_do_not_count(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    model, suite = rescued(), sums(4, "number_match")
    right_but(standin, 1)
    evaluated(suite, model.id, max_tokens=5)
    right_but(standin)
    again = evaluated(suite, model.id, max_tokens=50)
    assert standin.count("POST", CHAT) == 8
    assert means(again) == {"number_match": 1.0}
    [column] = again.columns
    assert len(column.scores) == 4


def test_a_model_that_the_others_are_held_beside_comes_before_them(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums
) -> None:
    right_but(standin)
    new, old = rescued(suffix="new"), rescued(suffix="old")
    suite = sums(4, "agreement")
    plans = [plan(lab, suite.id, each.id, EvaluationWish(against=old.id)) for each in (new, old)]
    first, _ = evaluate(lab, plans)
    assert isinstance(first, Outcome)
    assert means(first) == {"agreement": 1.0}
