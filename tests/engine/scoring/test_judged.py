from __future__ import annotations

import pytest

from engine.scoring.answer import Answer
from engine.scoring.errors import UnscorableError
from engine.scoring.judged import Judge
from engine.scoring.specs import label, parse


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        ("[[A]]", "[[B]]", 1.0),
        ("[[B]]", "[[A]]", 0.0),
        ("[[C]]", "[[C]]", 0.5),
        ("[[A]]", "[[A]]", 0.5),
        ("[[B]]", "[[B]]", 0.5),
        ("[[A]]", "[[C]]", 0.5),
        ("At first [[A]], but then [[B]]", "[[ A ]]", 0.0),
    ],
)
def test_a_preference_counts_if_it_is_the_same_in_both_orders(
    first: str, second: str, value: float
) -> None:
    score = Judge("gpt").score(Answer("text", verdicts=(first, second)))
    assert score is not None
    assert score.value == value


def test_what_was_not_judged_has_no_score_and_no_verdict_is_told() -> None:
    assert Judge("gpt").score(Answer("text")) is None
    with pytest.raises(UnscorableError, match="no verdict"):
        Judge("gpt").score(Answer("text", verdicts=("[[A]]", "I cannot say")))


def test_it_is_typed_with_its_model() -> None:
    judge = parse("judge,provider=openai:gpt-4.1")
    assert judge == Judge("gpt-4.1", "openai")
    assert label(judge) == "judge,provider=openai:gpt-4.1"
