"""What the x axis of a chart says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.x_axis import XS, X, short_count, x_ticks, x_words


def test_steps_are_whole_numbers() -> None:
    assert x_ticks("step", 0, 1200, 5) == {
        0: "0",
        250: "250",
        500: "500",
        750: "750",
        1000: "1,000",
    }
    assert list(x_ticks("step", 0.4, 2.6, 9)) == [1, 2]


def test_times_are_round_on_a_clock() -> None:
    assert list(x_ticks("time", 0, 3600, 4).values()) == [
        "0s", "15m 00s", "30m 00s", "45m 00s", "1h 00m",
    ]  # fmt: skip
    assert list(x_ticks("time", 0, 10 * 86400, 5).values())[1] == "2d 00h"


def test_tokens_are_short_and_epochs_have_the_decimals_that_tell_them_apart() -> None:
    assert "1.5M" in x_ticks("tokens", 0, 2e6, 4).values()
    assert list(x_ticks("epoch", 0, 1, 4).values()) == ["0.00", "0.25", "0.50", "0.75", "1.00"]


@given(st.sampled_from(XS), st.floats(0, 1e9), st.floats(0.01, 1e9), st.integers(0, 20))
def test_all_marks_stand_on_the_axis(x: X, first: float, span: float, wanted: int) -> None:
    last = first + span
    found = list(x_ticks(x, first, last, wanted))
    room = span * 1e-6 + 1e-6
    assert found == sorted(found)
    assert len(found) <= 12 * max(1, wanted) + 12
    assert all(first - room <= place <= last + room or x == "step" for place in found)


@pytest.mark.parametrize(
    ("x", "value", "words"),
    [
        ("step", 1199.7, "step 1,200"),
        ("epoch", 0.5, "epoch 0.5000"),
        ("tokens", 1_250_000.0, "1.25M tokens"),
        ("time", 3900.0, "1h 05m"),
    ],
)
def test_a_place_on_it_is_told_in_words(x: X, value: float, words: str) -> None:
    assert x_words(x, value) == words


def test_counts_are_short() -> None:
    assert [short_count(value) for value in (950, 12_000, 3e9, 2.5e12)] == [
        "950", "12k", "3G", "2.5T",
    ]  # fmt: skip
