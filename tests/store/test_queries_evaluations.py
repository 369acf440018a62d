from __future__ import annotations

import json

import pytest

from store.database import Database
from store.errors import NotFoundError
from store.log import EventLog
from store.queries.evaluations import evaluation, evaluation_list, likelihoods_of, scores_of

SCORER = "9" * 64


def test_an_evaluation_is_as_it_ended(filled: EventLog, database: Database) -> None:
    del filled
    [row] = evaluation_list(database.reader)
    assert (row.id, row.model, row.suite) == ("eval_1", "model_3", "suite_1")
    assert (row.status, row.reason) == ("completed", None)
    assert (row.answers, row.refused, row.faults, row.cost) == (1, 1, 1, 0.01)
    assert json.loads(row.figures_json)[0]["label"] == "exact_match"
    assert evaluation(database.reader, "eval") == row


def test_evaluations_are_of_a_model_and_of_a_suite(filled: EventLog, database: Database) -> None:
    del filled
    assert evaluation_list(database.reader, "model_3", "suite_1")
    assert not evaluation_list(database.reader, "model_1")
    assert not evaluation_list(database.reader, suite="suite_2")
    with pytest.raises(NotFoundError, match="ftlab evals"):
        evaluation(database.reader, "moon")


def test_scores_are_known_by_the_answer_and_what_was_hoped_for(
    filled: EventLog, database: Database
) -> None:
    del filled
    scores = scores_of(database.reader, "model_3", SCORER)
    assert set(scores) == {("2" * 64, 0, ""), ("5" * 64, 0, "6" * 64)}
    right, faulty = scores["2" * 64, 0, ""], scores["5" * 64, 0, "6" * 64]
    assert (right.value, right.detail, right.parts_json) == (1.0, "the same", "[1.0, 2.0]")
    assert (faulty.value, faulty.fault, faulty.parts_json) == (None, "no text", None)
    assert not scores_of(database.reader, "model_3", SCORER, "model_1")
    assert not scores_of(database.reader, "model_3", "a" * 64)


def test_a_likelihood_is_known_by_the_prompt_and_the_reference(
    filled: EventLog, database: Database
) -> None:
    del filled
    row = likelihoods_of(database.reader, "model_3")["4" * 64, "6" * 64]
    assert (row.tokens, row.loss, row.likeliest) == (3, 1.5, 2)
