"""What stands above a chart."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.ink import Line, text_of
from tui.legend import legend_lines

ENTRIES: list[Line] = [
    [(f"{number}━ ", "first"), (name, "plain"), (" 0.1234", "strong")]
    for number, name in enumerate(["a", "日本語" * 3, "b" * 20, "c d", "e", "f"], start=1)
]
TOLD = ["loss", "log", "1 of 7  m next"]


@pytest.mark.parametrize("width", [34, 50, 80, 200])
def test_it_has_as_many_lines_as_it_needs(width: int) -> None:
    lines = legend_lines(ENTRIES, TOLD, width)
    assert max(cell_len(text_of(line)) for line in lines) <= width
    shown = "\n".join(map(text_of, lines))
    assert shown.count("━ ") == 6
    assert "loss  log" in shown


def test_how_curves_are_drawn_stands_to_the_right_where_there_is_room() -> None:
    assert len(legend_lines(ENTRIES[:1], TOLD, 80)) == 1
    first, second = legend_lines(ENTRIES[:2], TOLD, 46)
    assert text_of(first).startswith("1━ a 0.1234   2━ 日本語")
    assert text_of(second).strip() == "loss  log  1 of 7  m next"


def test_nothing_told_takes_no_line() -> None:
    assert len(legend_lines(ENTRIES[:1], [], 10)) == 1
