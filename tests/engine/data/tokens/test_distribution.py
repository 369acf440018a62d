from __future__ import annotations

import json
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.tokens.distribution import Bin, Distribution

VALUES = st.lists(st.integers(0, 100_000), min_size=1, max_size=60)


@given(values=VALUES, percent=st.sampled_from([0, 5, 25, 50, 90, 95, 99.9, 100]))
def test_percentiles_are_numpys(values: list[int], percent: float) -> None:
    assert Distribution(values).percentile(percent) == pytest.approx(np.percentile(values, percent))


@given(values=VALUES)
def test_the_rest_describes_the_values(values: list[int]) -> None:
    described = Distribution(values)
    assert (described.examples, described.total) == (len(values), sum(values))
    assert (described.minimum, described.maximum) == (min(values), max(values))
    assert described.mean == pytest.approx(np.mean(values))
    assert described.median == np.median(values)


def test_p5_and_p95_are_not_the_notebooks_p10_and_p90() -> None:
    described = Distribution(range(101)).to_json()
    assert (described["p5"], described["p95"]) == (5, 95)


@given(values=st.lists(st.integers(0, 2**32 - 1), max_size=40))
def test_packed_values_come_back(values: list[int]) -> None:
    packed = Distribution(values).pack()
    assert len(packed) == 4 * len(values)
    assert Distribution.unpack(packed).values == array("I", values)


def test_packed_values_are_little_endian() -> None:
    assert Distribution([1, 256]).pack() == b"\x01\0\0\0\0\x01\0\0"


def test_damaged_values_are_refused() -> None:
    with pytest.raises(DataError, match="count the dataset again"):
        Distribution.unpack(b"\x01\0\0")


@given(values=VALUES, limit=st.integers(0, 100_000))
def test_a_limit_cuts_every_value_that_exceeds_it(values: list[int], limit: int) -> None:
    described = Distribution(values)
    assert described.truncated_total(limit) == sum(min(value, limit) for value in values)
    assert described.over(limit) == sum(value > limit for value in values)


@given(values=VALUES, bins=st.integers(1, 30))
def test_a_histogram_shows_every_example_once(values: list[int], bins: int) -> None:
    bars = Distribution(values).histogram(bins)
    assert len(bars) <= bins
    assert bars[0].low == min(values)
    assert bars[-1].high == max(values)
    for bar in bars:
        assert bar.examples == sum(bar.low <= value <= bar.high for value in values)
    assert sum(bar.examples for bar in bars) == len(values)


def test_one_giant_does_not_flatten_a_histogram() -> None:
    bars = Distribution([*range(1, 1001), 60_000]).histogram(6)
    assert bars == [
        Bin(1, 200, 200),
        Bin(201, 400, 200),
        Bin(401, 600, 200),
        Bin(601, 800, 200),
        Bin(801, 1000, 200),
        Bin(1001, 60_000, 1),
    ]


def test_without_examples_everything_is_zero() -> None:
    described = Distribution().to_json()
    assert described.pop("histogram") == []
    assert set(described.values()) == {0}


def test_the_description_is_plain_json() -> None:
    described = Distribution([3, 1, 2]).to_json()
    assert json.loads(json.dumps(described)) == described
    assert described["histogram"][0] == {"low": 1, "high": 1, "examples": 1}
