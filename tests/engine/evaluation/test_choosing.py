from __future__ import annotations

import pytest

from engine.evaluation.choosing import scorers_for, usual_scorers
from engine.lab import Lab
from engine.scoring.specs import label, parse
from engine.suites.prompts import Prompt
from tests.engine.evaluation.conftest import Sums


def hoping_for(*answers: str | None) -> list[Prompt]:
    question = ({"role": "user", "content": "?"},)
    return [
        Prompt(question, reference=None if text is None else {"role": "assistant", "content": text})
        for text in answers
    ]


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        (["2 + 2 = 4\n#### 4", "#### 5"], "number_match"),
        (['{"a": 1}', "[1, 2]"], "json_valid"),
        (["yes", "no"], "exact_match"),
        (["a long answer " * 20, "another one " * 20], "rouge_l"),
    ],
)
def test_scorers_suit_the_answers_that_are_hoped_for(answers: list[str], first: str) -> None:
    found = [label(scorer) for scorer in usual_scorers(hoping_for(*answers))]
    assert found[0] == first
    assert found[-2:] == ["perplexity", "token_accuracy"]


def test_where_nothing_is_hoped_for_nothing_suits() -> None:
    assert usual_scorers(hoping_for(None, None)) == []


def test_a_suites_own_scorers_come_first_and_each_counts_once(lab: Lab, sums: Sums) -> None:
    del lab
    suite = sums(2, "number_match", "contains:It")
    wished = [parse("contains:It"), parse("exact_match")]
    found = [label(scorer) for scorer in scorers_for(suite, hoping_for("1"), wished)]
    assert found == ["number_match", "contains:It", "exact_match"]
