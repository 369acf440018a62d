from __future__ import annotations

import pytest

from engine.data.reading.titles import NumberedRow, are_names, header_among, passed_over


def header_of(*rows: list[object]) -> int:
    """Return the place of the header; empty rows are left out as the readers leave them out."""
    return header_among([NumberedRow(at, cells) for at, cells in enumerate(rows, 1) if cells])


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["q", "a"], ["x", "y"]], 0),
        ([["Survey 2024"], ["q", "a"], ["x", "y"]], 1),
        ([["Survey 2024", "", ""], ["", "", ""], ["q", "a", "b"], ["x", "y", "z"]], 2),
        ([["Survey"], [], ["q", "a"], ["x", "y"]], 1),
        ([["Survey"], ["q", "a", "b"], ["x", "y", "z"]], 1),
        ([["", "Survey 2024"], ["", "q", "a"], ["", "x", "y"]], 1),
        ([["Survey 2024"], ["by us"], ["q", "a"], ["x", "y"]], 2),
    ],
)
def test_a_header_stands_below_titles(rows: list[list[object]], place: int) -> None:
    assert header_of(*rows) == place


@pytest.mark.parametrize(
    "rows",
    [
        [["text"], ["one"], ["two"]],
        [["text"], ["one", "two"], ["three"]],
        [["a text"], [1, 2], [3, 4]],
        [["a text"], ["x", "x"], ["y", "z"]],
        [["", "a text"], ["0", "one"], ["1", "two"]],
        [["a text"], ["q", "a"]],
        [[], []],
    ],
)
def test_a_first_row_that_may_be_the_header_is_it(rows: list[list[object]]) -> None:
    assert header_of(*rows) == 0


def test_names_are_short_texts_that_differ_and_are_no_numbers() -> None:
    assert are_names(["question", "Answer (long)", "column 3", "Größe"])
    for cells in (["a", "a"], ["a", "1.5"], ["a", 2], ["a", ""], ["a", " b"], ["a", "x" * 61]):
        assert not are_names(cells)


def test_what_is_passed_over_is_told_with_its_place() -> None:
    assert passed_over("Survey 2024", "line", 2, 2) == (
        "line 2 is passed over, as above the header: 'Survey 2024'"
    )
