from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.data.errors import MissingPackageError
from engine.scoring.answer import Answer, Tokens
from engine.scoring.likelihood import Perplexity, TokenLoss
from engine.scoring.overlap import Bleu
from engine.statistics.paired import (
    Difference,
    Estimate,
    Pairs,
    Tally,
    difference,
    difference_of_figures,
    figure_of,
    mean,
    pair,
    ratio,
    tally,
)

_near: Any = pytest.approx

_FEW = 500
"""Resamples where their number does not matter."""

_SCORES = st.lists(st.integers(-40, 40).map(lambda eighths: eighths / 8), min_size=2, max_size=30)
"""Numbers that are added without rounding."""


def _drawn(seed: int, count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    random = np.random.default_rng(seed)
    first = random.normal(0.6, 0.2, count)
    return tuple(first.tolist()), tuple((first - random.gamma(1, 0.1, count) + 0.08).tolist())


def _pairs(first: Sequence[float], second: Sequence[float]) -> Pairs[float]:
    return Pairs(tuple(first), tuple(second))


@st.composite
def _paired(draw: st.DrawFn) -> Pairs[float]:
    first = draw(_SCORES)
    changes = draw(st.lists(st.integers(-8, 8), min_size=len(first), max_size=len(first)))
    return _pairs(first, [score + change / 8 for score, change in zip(first, changes, strict=True)])


# Pairing


def test_rows_that_one_side_lacks_are_left_out_and_counted() -> None:
    first = {"c": 3.0, "a": 1.0, "x": 9.0, "n": None}
    second = {"a": 10.0, "c": 30.0, "n": 5.0, "y": 7.0, "x": None}
    pairs = pair(first, second)
    assert pairs == Pairs((1.0, 3.0), (10.0, 30.0), only_first=1, only_second=2)
    assert pairs.rows == 2


def test_rows_are_paired_in_the_same_order_whichever_model_is_the_first() -> None:
    first, second = {"b": 1.0, "a": 2.0}, {"a": 3.0, "b": 4.0}
    there, back = pair(first, second), pair(second, first)
    assert (there.first, there.second) == (back.second, back.first)


# Means, beside scipy


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_of_a_mean_is_that_of_scipy(seed: int) -> None:
    scores = np.exp(_drawn(seed, 60)[0])
    found = mean(scores.tolist(), resamples=20_000)
    theirs = stats.bootstrap(
        (scores,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(seed)
    ).confidence_interval
    # Both draw 20,000 samples of their own: their quantiles are known to about 2% of the width.
    within = 0.03 * (theirs.high - theirs.low)
    assert found.value == _near(scores.mean())
    assert found.low == _near(theirs.low, abs=within)
    assert found.high == _near(theirs.high, abs=within)
    assert found.rows == 60


def test_the_interval_of_a_share_is_that_of_scipy() -> None:
    right = np.array([1.0] * 41 + [0.0] * 9)
    found = mean(right.tolist(), resamples=20_000)
    theirs = stats.bootstrap(
        (right,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(5)
    ).confidence_interval
    # Shares of 50 rows go in steps of 0.02.
    assert found.low == _near(theirs.low, abs=0.021)
    assert found.high == _near(theirs.high, abs=0.021)


def test_scores_that_are_all_alike_tell_nothing_of_certainty() -> None:
    assert mean([0.1] * 7) == Estimate(_near(0.1), _near(0.1), _near(0.1), 7)
    assert mean([0.1] * 7).alike
    assert mean([3.0]).alike
    assert not mean([0.0, 1.0, 1.0]).alike


def test_without_rows_or_with_one_that_is_no_number_there_is_no_mean() -> None:
    with pytest.raises(ValueError, match="there is no row"):
        mean([])
    with pytest.raises(ValueError, match="no finite number"):
        mean([1.0, math.nan])


# Differences, beside scipy


@pytest.mark.parametrize("seed", [3, 4])
def test_a_difference_has_the_interval_and_the_p_value_of_scipy(seed: int) -> None:
    first, second = _drawn(seed, 80)
    found = difference(_pairs(first, second), resamples=20_000)
    apart = np.subtract(first, second)
    theirs = stats.bootstrap(
        (apart,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(seed)
    ).confidence_interval
    within = 0.03 * (theirs.high - theirs.low)
    assert found.value == _near(apart.mean())
    assert found.low == _near(theirs.low, abs=within)
    assert found.high == _near(theirs.high, abs=within)
    p = stats.permutation_test(
        (first, second),
        lambda one, other, axis: np.mean(one - other, axis=axis),
        permutation_type="samples",
        n_resamples=20_000,
        rng=np.random.default_rng(seed),
    ).pvalue
    # Four standard errors of both draws.
    assert found.p == _near(p, abs=4 * math.sqrt(2 * p * (1 - p) / 20_000) + 2e-4)


def test_of_few_rows_the_p_value_is_exact() -> None:
    first, second = _drawn(6, 10)
    theirs = stats.permutation_test(
        (first, second),
        lambda one, other, axis: np.mean(one - other, axis=axis),
        permutation_type="samples",
        n_resamples=2**10,
    )
    assert difference(_pairs(first, second), resamples=_FEW * 4).p == _near(theirs.pvalue)


@pytest.mark.parametrize(
    ("wins", "losses"), [(0, 0), (3, 0), (8, 2), (15, 15), (120, 80), (700, 1)]
)
def test_of_right_and_wrong_answers_the_p_value_is_mcnemars(wins: int, losses: int) -> None:
    first = [1.0] * wins + [0.0] * losses + [1.0] * 5
    second = [0.0] * wins + [1.0] * losses + [1.0] * 5
    theirs = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert difference(_pairs(first, second), resamples=_FEW).p == _near(theirs)


def test_no_p_value_that_was_drawn_is_zero() -> None:
    first = [1.0 + row / 100 for row in range(60)]
    found = difference(_pairs(first, [0.0] * 60), resamples=_FEW)
    assert found.p == _near(1 / (_FEW + 1))


# Differences: what must hold of any scores


@settings(max_examples=30, deadline=None)
@given(_SCORES)
def test_a_model_does_not_differ_from_itself(scores: list[float]) -> None:
    found = difference(_pairs(scores, scores), resamples=_FEW)
    assert found == Difference(0.0, 0.0, 0.0, len(scores), 1.0)


@settings(max_examples=30, deadline=None)
@given(_paired())
def test_the_other_way_round_all_signs_are_turned(pairs: Pairs[float]) -> None:
    there = difference(pairs, resamples=_FEW)
    back = difference(_pairs(pairs.second, pairs.first), resamples=_FEW)
    assert back.value == -there.value
    assert back.low == _near(-there.high, abs=1e-9)
    assert back.high == _near(-there.low, abs=1e-9)
    assert back.p == _near(there.p)


@settings(max_examples=30, deadline=None)
@given(_paired(), st.integers(-80, 80).map(lambda eighths: eighths / 8))
def test_better_by_so_much_is_a_difference_larger_by_so_much(
    pairs: Pairs[float], more: float
) -> None:
    apart = [one - other for one, other in zip(pairs.first, pairs.second, strict=True)]
    assume(len(set(apart)) > 1)
    before = difference(pairs, resamples=_FEW)
    after = difference(_pairs([one + more for one in pairs.first], pairs.second), resamples=_FEW)
    assert after.value == _near(before.value + more)
    assert after.low == _near(before.low + more, abs=1e-9)
    assert after.high == _near(before.high + more, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(_paired())
def test_a_difference_lies_in_its_interval(pairs: Pairs[float]) -> None:
    found = difference(pairs, resamples=_FEW)
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert 0 < found.p <= 1


def test_the_same_seed_tells_the_same_and_another_one_hardly_anything_else() -> None:
    pairs = _pairs(*_drawn(7, 50))
    found = difference(pairs)
    assert difference(pairs) == Difference(
        found.value, _near(found.low), _near(found.high), found.rows, found.p
    )
    other = difference(pairs, seed=1)
    assert other != found
    assert other.low == _near(found.low, abs=0.05 * (found.high - found.low))


# Figures of all rows together


def test_a_figure_of_all_rows_has_the_interval_of_what_it_is_computed_of() -> None:
    random = np.random.default_rng(8)
    answers = [
        Answer("", reference_tokens=Tokens(tuple(-random.gamma(1, 0.7, random.integers(2, 20)))))
        for _ in range(40)
    ]
    parts = [found for found in map(TokenLoss().parts, answers) if found is not None]
    loss = figure_of(parts, TokenLoss().figure, resamples=_FEW)
    perplexity = figure_of(parts, Perplexity().figure, resamples=_FEW)
    assert loss.low < loss.value < loss.high
    assert perplexity.value == _near(math.exp(loss.value))
    assert perplexity.low == _near(math.exp(loss.low), rel=1e-2)
    assert perplexity.high == _near(math.exp(loss.high), rel=1e-2)


def _bleu_parts(texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    found = (Bleu().parts(Answer(text, "the cat sat on the mat today")) for text in texts)
    return tuple(parts for parts in found if parts is not None)


def test_figures_of_two_models_are_compared_by_exchanging_rows() -> None:
    good = _bleu_parts(["the cat sat on the mat today", "the cat sat on a mat"] * 8)
    bad = _bleu_parts(["the dog sat on the mat", "a cat sat on a mat today"] * 8)
    there = difference_of_figures(Pairs(good, bad), Bleu().figure, resamples=_FEW)
    back = difference_of_figures(Pairs(bad, good), Bleu().figure, resamples=_FEW)
    itself = difference_of_figures(Pairs(good, good), Bleu().figure, resamples=_FEW)
    assert 0 < there.low < there.value < there.high
    assert there.p < 0.01
    assert back == Difference(
        _near(-there.value), _near(-there.high), _near(-there.low), 16, _near(there.p)
    )
    assert itself == Difference(0.0, 0.0, 0.0, 16, 1.0)


# Ratios and tallies


def test_the_ratio_of_two_totals_has_the_interval_of_scipy() -> None:
    first, second = (np.exp(scores) for scores in _drawn(9, 60))
    found = ratio(_pairs(first.tolist(), second.tolist()), resamples=20_000)
    theirs = stats.bootstrap(
        (first, second),
        lambda one, other, axis: np.sum(one, axis=axis) / np.sum(other, axis=axis),
        paired=True,
        n_resamples=20_000,
        method="BCa",
        rng=np.random.default_rng(9),
    ).confidence_interval
    within = 0.03 * (theirs.high - theirs.low)
    assert found is not None
    assert found.value == _near(first.sum() / second.sum())
    assert found.low == _near(theirs.low, abs=within)
    assert found.high == _near(theirs.high, abs=within)


def test_a_ratio_to_nothing_is_no_number() -> None:
    assert ratio(_pairs([1.0, 2.0], [0.0, 0.0])) is None


def test_samples_without_a_ratio_are_passed_over() -> None:
    found = ratio(_pairs([1.0, 2.0, 3.0], [0.0, 0.0, 2.0]), resamples=_FEW)
    assert found is not None
    assert found.value == 3
    assert math.isfinite(found.low)
    assert math.isfinite(found.high)


def test_twice_the_price_is_a_ratio_of_two() -> None:
    found = ratio(_pairs([2.0, 4.0, 8.0], [1.0, 2.0, 4.0]), resamples=_FEW)
    assert found == Estimate(2.0, 2.0, 2.0, 3)


def test_wins_ties_and_losses_are_counted() -> None:
    pairs = _pairs([1.0, 0.5, 0.0, 0.49], [0.0, 0.5, 1.0, 0.5])
    assert tally(pairs) == Tally(1, 1, 2)
    assert tally(pairs, higher_is_better=False) == Tally(2, 1, 1)
    assert tally(pairs, tie=0.05) == Tally(1, 2, 1)
    assert tally(_pairs([], [])) == Tally(0, 0, 0)


def test_without_numpy_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MissingPackageError, match=r"with numpy: pip install 'ftlab\[eval\]'"):
        mean([1.0, 2.0])


def test_of_many_rows_fewer_samples_tell_as_much() -> None:
    values = [float(number % 7) for number in range(6_000)]
    found = mean(values)
    error = stats.sem(values)
    assert found.low == pytest.approx(found.value - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(found.value + 1.96 * error, abs=0.15 * error)
