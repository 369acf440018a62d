"""Tables with a column for each thing that is compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.ink import text_of
from tui.widgets.comparison_table import (
    Cell,
    Heading,
    Row,
    Section,
    folded,
    head_lines,
    layout,
    table_lines,
)

NAMES = (
    "smollm2-lora-rank-16-learning-rate-0.0005-seed-1",
    "訓練データの日本語の長い名前のジョブ",
    "a",
    "\x1b[31mred\tone",
    "x" * 90,
    "é" * 20,
)


@pytest.mark.parametrize("width", [50, 60, 79, 80, 100, 120, 160, 200])
@pytest.mark.parametrize("columns", [2, 3, 4, 5, 6])
def test_no_line_is_longer_than_its_room(width: int, columns: int) -> None:
    headings = [Heading(name, "✓", "succeeded", "good") for name in NAMES[:columns]]
    cells = [Cell(name, "good", is_best=True) for name in NAMES[:columns]]
    sections = [
        Section("A title " * 9, [Row("a name of a setting that is long", cells)], ["note " * 60])
    ]
    for selected in range(columns):
        shared = layout(width, columns, selected)
        assert selected in shared.places
        lines = [*head_lines(headings, shared, selected), *table_lines(sections, shared, width)]
        assert max(cell_len(text_of(line)) for line in lines) <= width


@given(
    st.integers(14, 250),
    st.integers(1, 6),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_the_selected_column_is_in_sight_and_the_others_stay_if_they_can(
    width: int, columns: int, selected: int, first: int
) -> None:
    selected = min(selected, columns - 1)
    shared = layout(width, columns, selected, first)
    assert selected in shared.places
    assert shared.places.start >= 0
    assert shared.places.stop <= columns
    again = layout(width, columns, selected, shared.places.start)
    assert again.places == shared.places


def test_wide_screens_show_all_and_narrow_ones_some() -> None:
    assert len(layout(200, 6, 0).places) == 6
    assert len(layout(80, 6, 0).places) == 4
    assert len(layout(50, 6, 0).places) == 2
    assert list(layout(50, 6, 4, 0).places) == [3, 4]


def test_long_names_keep_what_tells_them_apart() -> None:
    assert folded("short", 12) == ["short"]
    assert folded("learning-rate-5e-4", 12) == ["learning-rat", "e-5e-4"]
    one, other = (folded(f"smollm2-lora-rank-16-learning-rate-{n}", 12) for n in (1, 2))
    assert one != other
    assert one[0].startswith("smollm2-lor")


def test_long_values_are_broken_into_lines_and_cut_after_three() -> None:
    shared = layout(50, 2, 0)
    row = Row("data", [Cell("one two three four " * 4), Cell("-", "faint")])
    lines = [text_of(line) for line in table_lines([Section("", [row])], shared, 50)]
    assert len(lines) == 3
    assert lines[-1].rstrip().endswith("…")
