from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui.widgets.changed_cells import changed_cells

RED = Style(color="red")


def _strip(*texts: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style) for text in texts])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_strip("abcdef"), _strip("abcdef"), []),
        (_strip("abcdef"), _strip("abc", "def"), []),
        (_strip("abcdef"), _strip("abXdef"), [Region(2, 0, 1, 1)]),
        (_strip("abcdef"), _strip("XbcdeX"), [Region(0, 0, 6, 1)]),
        (_strip("abc"), _strip("abcd"), [Region(3, 0, 7, 1)]),
        (_strip("日本x"), _strip("日本y"), [Region(4, 0, 1, 1)]),
        (_strip("日本x"), _strip("日木x"), [Region(2, 0, 1, 1)]),
        (_strip("abc"), _strip("abc", style=RED), [Region(0, 0, 3, 1)]),
    ],
)
def test_only_the_cells_that_differ_are_repainted(
    before: Strip, after: Strip, expected: list[Region]
) -> None:
    assert changed_cells([before], [after], 10) == expected


def test_lines_that_came_or_went_are_repainted_whole() -> None:
    line = _strip("abc")
    assert changed_cells([line], [line, line], 10) == [Region(0, 1, 10, 1)]
    assert changed_cells([line, line], [line], 10, first=3) == [Region(0, 4, 10, 1)]


def test_a_line_of_joining_characters_is_repainted_whole() -> None:
    before, after = _strip("e\u0301x"), _strip("e\u0301y")
    assert changed_cells([before], [after], 10) == [Region(0, 0, 10, 1)]


def test_nothing_past_the_edge_is_repainted() -> None:
    assert changed_cells([_strip("abcdef")], [_strip("abcdeX")], 4) == []
