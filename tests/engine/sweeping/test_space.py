"""Which settings a sweep tries."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import RequestError
from engine.sweeping.space import MOST_TRIALS, Axis, Choice, Range, draw, grid

_NAMES = st.sampled_from(["epochs", "learning_rate", "batch_size", "lora_rank"])
_VALUES = st.lists(st.integers(1, 1000), min_size=1, max_size=4, unique=True)
_CHOICES = _VALUES.map(lambda values: Choice(tuple(values)))
_BOUNDS = st.tuples(st.integers(1, 50), st.integers(1, 50))
_RANGES = st.builds(
    lambda bounds, log, whole: Range(bounds[0], sum(bounds), log, whole),
    _BOUNDS,
    st.booleans(),
    st.booleans(),
)
_MIXED = st.dictionaries(_NAMES, st.one_of(_CHOICES, _RANGES), min_size=1, max_size=3)


@given(st.dictionaries(_NAMES, _CHOICES, min_size=1, max_size=4))
def test_a_grid_has_each_combination_once(axes: dict[str, Choice]) -> None:
    found = grid(axes)
    combinations = {tuple(each[name] for name in axes) for each in found}
    assert len(found) == len(combinations)
    assert combinations == set(product(*(axis.values for axis in axes.values())))


@settings(deadline=None)
@given(_MIXED, st.integers(0, 1000), st.integers(1, 6))
def test_the_same_seed_draws_the_same_and_fewer_are_the_first_of_more(
    axes: dict[str, Axis], seed: int, count: int
) -> None:
    if _combinations(axes) < count:
        with pytest.raises(RequestError, match="hardly more than"):
            draw(axes, count, seed)
        return
    try:
        found = draw(axes, count, seed)
    except RequestError:
        return  # The last of few combinations may not come up.
    assert draw(axes, count, seed) == found
    assert draw(axes, max(1, count - 1), seed) == found[: max(1, count - 1)]
    assert len({tuple(each.items()) for each in found}) == count
    for drawn in found:
        for name, axis in axes.items():
            _check(axis, drawn[name])


def _combinations(axes: dict[str, Axis]) -> float:
    """Return how many combinations there can be; of numbers with fractions there is no end."""
    counts = [
        len(axis.values)
        if isinstance(axis, Choice)
        else axis.high - axis.low + 1
        if axis.whole
        else math.inf
        for axis in axes.values()
    ]
    return math.prod(counts)


def _check(axis: Axis, value: object) -> None:
    if isinstance(axis, Choice):
        assert value in axis.values
    else:
        assert isinstance(value, int | float)
        assert axis.low <= value <= axis.high
        assert not axis.whole or isinstance(value, int)


def test_another_seed_draws_others() -> None:
    axes = {"learning_rate": Range(1e-5, 1e-3, log=True)}
    assert draw(axes, 4, 0) != draw(axes, 4, 1)


def test_a_range_of_logarithms_is_spread_by_them() -> None:
    found = draw({"x": Range(1e-6, 1, log=True)}, 300, 0)
    below = sum(each["x"] < 1e-3 for each in found) / len(found)
    assert math.isclose(below, 0.5, abs_tol=0.1)


@pytest.mark.parametrize("log", [True, False])
def test_whole_numbers_are_drawn_with_both_bounds(log: bool) -> None:
    found = draw({"x": Range(1, 3, log, whole=True)}, 3, 0)
    assert sorted(each["x"] for each in found) == [1, 2, 3]


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({}, "name what to try"),
        ({"x": Choice(())}, "x has no values"),
        ({"x": Choice((1, 2, 1))}, "x has 1 twice"),
        ({"x": Range(1, 2)}, "x is a range"),
        ({"x": Choice(tuple(range(MOST_TRIALS + 1)))}, f"more than {MOST_TRIALS}"),
    ],
)
def test_what_is_no_grid_is_refused(axes: dict[str, Axis], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        grid(axes)


@pytest.mark.parametrize(
    ("axis", "count", "said"),
    [
        (Range(2, 1), 1, "nothing is between"),
        (Range(1, math.nan), 1, "nothing is between"),
        (Range(0, 1, log=True), 1, "no logarithm"),
        (Range(1, 2), 0, "0 trials are none"),
        (Range(1, 2), MOST_TRIALS + 1, f"more than {MOST_TRIALS}"),
        (Choice((1, 2)), 3, "hardly more than 2 combinations"),
    ],
)
def test_what_cannot_be_drawn_is_refused(axis: Axis, count: int, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        draw({"x": axis}, count, 0)
