from __future__ import annotations

from typing import Any

import pytest

from engine.scoring.agreement import Agreement, LogprobDistance
from engine.scoring.answer import Answer, Tokens
from engine.scoring.scorer import Score

_near: Any = pytest.approx


def test_answers_agree_if_they_are_the_same() -> None:
    assert Agreement().score(Answer(" Paris", other=Answer("Paris\n"))) == Score(1.0)
    assert Agreement().score(Answer("Paris.", other=Answer("paris"))) == Score(0.0)
    assert Agreement("normalized").score(Answer("Paris.", other=Answer("paris"))) == Score(1.0)
    assert Agreement().score(Answer("Paris")) is None


def test_refusals_agree_with_refusals_alone() -> None:
    refused = Answer("", refusal="I cannot help with that.")
    assert Agreement().score(Answer("", refusal=refused.refusal, other=refused)) == Score(1.0)
    assert Agreement().score(Answer("", refusal="No.", other=refused)) == Score(0.0)
    only_one = Agreement().score(Answer("", other=refused))
    assert only_one == Score(0.0, "only one of them is a refusal")


def _answer(text: str, tokens: str, *logprobs: float, other: Answer | None = None) -> Answer:
    return Answer(text, tokens=Tokens(logprobs, texts=tuple(tokens)), other=other)


def test_probabilities_are_compared_up_to_the_first_token_that_differs() -> None:
    other = _answer("abd", "abd", -1.0, -2.0, -3.0)
    mine = _answer("abc", "abc", -1.5, -2.0, -9.0, other=other)
    assert LogprobDistance().score(mine) == Score(_near(0.25), "2 of 3 tokens")


def test_without_the_tokens_texts_the_answers_must_be_the_same() -> None:
    other = _answer("same", "", -1.0, -1.0)
    assert LogprobDistance().score(_answer("same", "", -1.0, -2.0, other=other)) == Score(
        _near(0.5), "2 of 2 tokens"
    )
    assert LogprobDistance().score(_answer("else", "", -1.0, -2.0, other=other)) is None
    assert LogprobDistance().score(_answer("same", "", -1.0, other=other)) is None


def test_probabilities_are_needed_on_both_sides_and_something_in_common() -> None:
    other = _answer("a", "a", -1.0)
    assert LogprobDistance().score(Answer("a", other=other)) is None
    assert LogprobDistance().score(_answer("a", "a", -1.0, other=Answer("a"))) is None
    assert LogprobDistance().score(_answer("a", "a", -1.0)) is None
    assert LogprobDistance().score(_answer("b", "b", -1.0, other=other)) is None
