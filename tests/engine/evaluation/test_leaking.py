from __future__ import annotations

import pytest

from engine.evaluation.leaking import with_leaks
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.lab import Lab
from engine.suites.defining import define
from store.queries.evaluations import evaluation
from tests.engine.evaluation.conftest import Rescued, Sums

pytest.importorskip("rensa")


def test_what_a_model_has_learned_is_told_and_recorded(lab: Lab, rescued: Rescued) -> None:
    from engine.evaluation.outcome import Outcome
    from engine.evaluation.run import evaluate

    model = rescued()
    assert model.dataset is not None
    suite = define(lab, model.dataset, "learned").suite
    [planned] = with_leaks(lab, [plan(lab, suite.id, model.id, EvaluationWish())])
    assert planned.leaks is not None
    assert planned.leaks.rows == suite.prompts
    [outcome] = evaluate(lab, [planned])
    assert isinstance(outcome, Outcome)
    assert evaluation(lab.database.reader, outcome.evaluation.id).leaked == suite.prompts


def test_a_suite_of_its_own_does_not_leak(lab: Lab, rescued: Rescued, sums: Sums) -> None:
    [planned] = with_leaks(lab, [plan(lab, sums(3).id, rescued().id, EvaluationWish())])
    assert planned.leaks is not None
    assert planned.leaks.rows == 0


def test_of_a_model_whose_data_nobody_knows_nothing_is_told(
    lab: Lab, rescued: Rescued, sums: Sums
) -> None:
    rescued()
    wish = EvaluationWish()
    planned = plan(lab, sums(3).id, "gpt-4.1-mini-2025-04-14", wish, provider="openai")
    assert with_leaks(lab, [planned])[0].leaks is None
