"""Statistics and histograms as lines."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from engine.data.tokens.distribution import Distribution
from tui.ink import text_of
from tui.widgets.dataset_numbers import histogram_lines, statistics_lines

TOKENS = Distribution([*range(10, 110), *[40] * 50, 400]).to_json()


@pytest.mark.parametrize("width", [30, 44, 80])
def test_a_histogram_has_a_bar_for_each_range_and_stays_in_its_room(width: int) -> None:
    lines = histogram_lines(TOKENS, width)
    assert len(lines) == len(TOKENS["histogram"])
    assert max(cell_len(text_of(line)) for line in lines) <= width
    assert sum(int(text_of(line).rsplit(" ", 1)[1]) for line in lines) == 151


def test_few_examples_have_a_bar_and_none_has_none() -> None:
    bars = [{"low": 0, "high": 9, "examples": 9_999}, {"low": 10, "high": 19, "examples": 1}]
    bars.append({"low": 20, "high": 29, "examples": 0})
    drawn = [text_of(line) for line in histogram_lines({"histogram": bars}, 40)]
    assert drawn[1] == "10-19 ▏ 1"
    assert drawn[2] == "20-29  0"


def test_nothing_to_draw_is_no_histogram() -> None:
    assert histogram_lines({}, 40) == histogram_lines({"histogram": []}, 40) == []


def test_the_columns_of_the_table_go_where_there_is_no_room() -> None:
    columns = [("tokens", TOKENS), ("assistant's", TOKENS), ("messages", TOKENS)]
    assert text_of(statistics_lines(columns, 60)[0]).split()[-1] == "messages"
    assert text_of(statistics_lines(columns, 30)[0]).split()[-1] == "tokens"
    assert [text_of(line).split()[-1] for line in statistics_lines(columns[:1], 30)][1] == "10"
