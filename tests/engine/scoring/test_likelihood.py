from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from engine.scoring.answer import Answer, Tokens
from engine.scoring.likelihood import Perplexity, TokenAccuracy, TokenLoss, perplexity
from engine.scoring.scorer import Pooled, Score
from engine.scoring.scoring import figure_of

_near: Any = pytest.approx

_HALF = math.log(0.5)


@pytest.mark.parametrize(
    ("loss", "published"), [(1.3792, 3.9718), (0.7204, 2.0552), (0.6773, 1.9685)]
)
def test_perplexity_is_exp_of_the_loss(loss: float, published: float) -> None:
    # Both were published with four digits: the true loss lies within half of the last one.
    half = 0.00005
    assert perplexity(loss - half) - half <= published <= perplexity(loss + half) + half


def test_a_loss_beyond_all_numbers_has_an_infinite_perplexity() -> None:
    assert perplexity(0) == 1
    assert perplexity(1e6) == math.inf


def _answer(*logprobs: float, likeliest: Sequence[bool] = ()) -> Answer:
    return Answer("x", "y", reference_tokens=Tokens(logprobs, tuple(likeliest)))


def test_an_answers_loss_is_the_mean_over_its_tokens() -> None:
    answer = _answer(_HALF, _HALF, 0.0, 2 * _HALF)
    assert TokenLoss().score(answer) == Score(_near(math.log(2)), "4 tokens")
    assert Perplexity().score(answer) == Score(_near(2), "4 tokens")


def test_a_certain_answer_has_no_loss() -> None:
    score = TokenLoss().score(_answer(0.0, 0.0))
    assert score == Score(0.0, "2 tokens")
    assert math.copysign(1, score.value) == 1


def test_accuracy_is_the_share_of_the_likeliest_tokens() -> None:
    answer = _answer(-0.1, -0.2, -3.0, likeliest=(True, True, False))
    assert TokenAccuracy().score(answer) == Score(_near(2 / 3), "3 tokens")
    assert TokenAccuracy().score(_answer(-0.1)) is None


@pytest.mark.parametrize("scorer", [TokenLoss(), Perplexity(), TokenAccuracy()])
def test_without_probabilities_there_is_no_score(scorer: Pooled) -> None:
    assert scorer.score(Answer("x", "y")) is None
    assert scorer.score(_answer()) is None
    assert scorer.parts(Answer("x", "y")) is None


def test_impossible_tokens_have_no_score() -> None:
    assert TokenLoss().score(_answer(-math.inf)) is None
    assert Perplexity().score(_answer(-9999.0)) is None


def test_the_tokens_of_the_answer_itself_can_be_meant() -> None:
    answer = Answer("x", "y", tokens=Tokens((_HALF,)), reference_tokens=Tokens((2 * _HALF,)))
    assert Perplexity("answer").score(answer) == Score(_near(2), "1 tokens")
    assert Perplexity("reference").score(answer) == Score(_near(4), "1 tokens")


def test_the_figure_of_all_answers_is_over_all_their_tokens() -> None:
    answers = [_answer(_HALF, _HALF, _HALF), _answer(5 * _HALF), Answer("x")]
    wanted: Sequence[tuple[Pooled, float]] = (
        (TokenLoss(), 2 * math.log(2)),
        (Perplexity(), 4),
    )
    for scorer, expected in wanted:
        parts = [found for found in map(scorer.parts, answers) if found is not None]
        assert figure_of(scorer, parts) == _near(expected)
