"""Figures with their intervals, as they are written."""

from __future__ import annotations

import pytest

from engine.statistics.paired import Difference, Estimate, Tally
from tui.cli.compare_figures import (
    difference_words,
    estimate_words,
    figure_words,
    p_words,
    ratio_words,
    tally_words,
)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.5, "share", "0.500"),
        (0.0123456, "US dollars", "$0.0123"),
        (-0.5, "US dollars", "-$0.5"),
        (1.23456, "seconds", "1.23s"),
        (1234.5, "characters", "1234"),
        (0.0000123, "", "1.23e-05"),
    ],
)
def test_a_figure_is_written_in_its_unit(value: float, unit: str, words: str) -> None:
    assert figure_words(value, unit) == words


def test_an_interval_stands_behind_its_figure_if_there_is_one() -> None:
    assert estimate_words(Estimate(0.5, 0.4, 0.6, 9), "share") == "0.500 [0.400 to 0.600]"
    assert estimate_words(Estimate(2.0, 2.0, 2.0, 9), "seconds") == "2s"
    assert estimate_words(None, "share") == "-"


def test_a_difference_has_a_sign_unless_it_is_nothing() -> None:
    found = Difference(0.05, -0.02, 0.1, 9, 0.2)
    assert difference_words(found, "share") == "+0.050 [-0.020 to 0.100]"
    assert difference_words(Difference(-0.05, -0.05, -0.05, 9, 0.2), "share") == "-0.050"
    assert difference_words(Difference(-1e-9, -1e-9, -1e-9, 9, 1.0), "share") == "0.000"
    assert difference_words(None, "share") == ""


def test_ratios_p_values_and_tallies_are_short() -> None:
    assert ratio_words(Estimate(1.234, 1.1, 1.4, 9)) == "1.23x [1.1 to 1.4]"
    assert ratio_words(Estimate(2.0, 2.0, 2.0, 9)) == "2x"
    assert [p_words(each) for each in (0.04567, 0.00001, 1.0)] == ["0.046", "<0.001", "1.000"]
    assert tally_words(Tally(3, 40, 7)) == "3/40/7"
    assert [ratio_words(None), p_words(None), tally_words(None)] == ["", "", ""]
