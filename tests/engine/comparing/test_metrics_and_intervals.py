"""What is best among numbers, and how certain a share is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.comparing.intervals import wilson
from engine.comparing.metrics import best


@given(st.lists(st.none() | st.floats(), max_size=6), st.sampled_from([-1, 1]))
def test_no_number_is_better_than_the_best(values: list[float | None], better: int) -> None:
    found = best(values, better)
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    if len(set(numbers)) < 2:
        assert not found
        return
    wanted = max(numbers) if better > 0 else min(numbers)
    assert found == {place for place, value in enumerate(values) if value == wanted}


# Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(
    successes: int, trials: int, low: float, high: float
) -> None:
    found = wilson(successes, trials)
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_has_its_share_in_it_and_is_a_part_of_the_whole(
    counted: tuple[int, int],
) -> None:
    successes, trials = counted
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1
