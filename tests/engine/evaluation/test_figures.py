"""The figures of an evaluation: the same scores give the same intervals."""

from __future__ import annotations

import random

from engine.evaluation.figures import estimate_of
from engine.scoring.likelihood import Perplexity
from engine.scoring.numbers import NumberMatch
from store.queries.evaluations import ScoreRow


def _score(number: int, value: float, parts: str | None = None) -> ScoreRow:
    name = f"{number:02}"
    return ScoreRow("m", "s", "", name, 0, "", name, value, None, None, parts, "eval_1")


def test_the_order_in_which_answers_came_moves_no_interval() -> None:
    rights = [_score(number, float(number % 5 != 0)) for number in range(30)]
    losses = [_score(number, 1.0, f"[{number % 7}.5, 3.0]") for number in range(30)]
    for scorer, scores in ((NumberMatch(), rights), (Perplexity(), losses)):
        told = estimate_of(scorer, scores)
        for seed in range(5):
            shuffled = random.Random(seed).sample(scores, len(scores))  # noqa: S311
            assert estimate_of(scorer, shuffled) == told
