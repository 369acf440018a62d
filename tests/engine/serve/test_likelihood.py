from __future__ import annotations

import math
from pathlib import Path

import pytest


def drawn(tiny_base: Path, scores: list[float], token: int, alternatives: int) -> list[float]:
    """Return the log probability of `token`, then those of the likeliest ones."""
    import torch
    from transformers import AutoTokenizer

    from engine.serve.likelihood import Likelihood
    from engine.serve.token_texts import TokenTexts

    texts = TokenTexts(AutoTokenizer.from_pretrained(tiny_base))
    likelihood = Likelihood(texts, [alternatives])
    seen = torch.tensor([scores])
    assert likelihood(torch.tensor([[1]]), seen) is seen
    told = likelihood.of(0, token, first=True)
    return [told.drawn.logprob, *(likely.logprob for likely in told.likeliest)]


def test_the_logarithms_are_natural_and_the_likeliest_come_first(tiny_base: Path) -> None:
    scores = [math.log(part) + 3 for part in (0.1, 0.6, 0.3)]
    expected = [math.log(part) for part in (0.1, 0.6, 0.3)]
    assert drawn(tiny_base, scores, token=0, alternatives=2) == pytest.approx(expected)


def test_there_are_no_more_alternatives_than_tokens(tiny_base: Path) -> None:
    assert len(drawn(tiny_base, [1.0, 2.0, 3.0], token=0, alternatives=20)) == 1 + 3


@pytest.mark.parametrize("broken", [-math.inf, math.inf, math.nan])
def test_what_is_no_number_in_json_is_the_least_one(tiny_base: Path, broken: float) -> None:
    assert drawn(tiny_base, [1.0, broken], token=1, alternatives=0) == [-9999.0]
