"""Curves without their jitter."""

from __future__ import annotations

import math

import pytest

from engine.curves.smoothing import smoothed


def test_smoothing_keeps_a_constant_and_begins_where_the_values_do() -> None:
    assert smoothed([2.0] * 5, 0.9) == pytest.approx([2.0] * 5)
    assert smoothed([1.0, 3.0], 0.5) == pytest.approx([1.0, (0.25 + 1.5) / 0.75])
    assert smoothed([1.0, 3.0], 0.0) == [1.0, 3.0]


def test_values_that_are_no_numbers_stay_and_pull_nothing() -> None:
    found = smoothed([1.0, math.nan, 1.0, math.inf], 0.9)
    assert found[0] == found[2] == pytest.approx(1.0)
    assert math.isnan(found[1])
    assert found[3] == math.inf
