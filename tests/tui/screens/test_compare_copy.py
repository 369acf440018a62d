"""A comparison as text to paste elsewhere."""

from __future__ import annotations

from tui.screens.compare_copy import copied
from tui.widgets.comparison_table import Cell, Row, Section

SECTIONS = [
    Section("METRICS", [Row("loss", [Cell("0.5", "good", is_best=True), Cell("a|b\tc\nd")])]),
    Section("", notes=["That is all."]),
]
NAMES = ["one*", "two\x1b[31m"]


def test_markdown_is_a_table_with_what_would_break_it_escaped() -> None:
    assert copied("Markdown", NAMES, SECTIONS).splitlines() == [
        "|  | one\\* | two |",
        "| --- | --- | --- |",
        "| **METRICS** |  |  |",
        "| loss | 0.5 ★ | a\\|b c, d |",
        "",
        "That is all.",
    ]


def test_tsv_has_a_line_for_each_row_and_nothing_else() -> None:
    assert copied("TSV", NAMES, SECTIONS).splitlines() == [
        "\tone*\ttwo",
        "loss\t0.5\ta|b c, d",
    ]
