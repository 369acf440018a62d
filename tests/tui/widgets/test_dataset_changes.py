"""A changed example as lines."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from tui.ink import Line, text_of
from tui.widgets.dataset_changes import beside_lines, unified_lines, wrapped


def _chat(*texts: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]}


def _texts(lines: list[Line]) -> list[str]:
    return [text_of(line).rstrip() for line in lines]


OLD, NEW = _chat("Where is it?", "It was sent."), _chat("Where is it?", "It was lost.")


def test_old_and_new_lines_stand_below_each_other_with_their_signs() -> None:
    lines = unified_lines(OLD, NEW, 60)
    assert _texts(lines) == [
        "  user: Where is it?",
        "- assistant: It was sent.",
        "+ assistant: It was lost.",
    ]
    assert ("sent", "bad") in lines[1]
    assert ("lost", "good") in lines[2]


def test_old_and_new_lines_stand_beside_each_other() -> None:
    assert _texts(beside_lines(OLD, NEW, 60)) == [
        "user: Where is it?             user: Where is it?",
        "assistant: It was sent.      | assistant: It was lost.",
    ]


def test_an_example_that_was_added_or_removed_has_one_side() -> None:
    assert _texts(unified_lines(None, OLD, 60))[0] == "+ user: Where is it?"
    assert _texts(unified_lines(OLD, None, 60))[0] == "- user: Where is it?"
    assert _texts(beside_lines(None, OLD, 60))[0].lstrip() == "> user: Where is it?"


def test_blanks_that_went_and_characters_that_nobody_sees_are_shown() -> None:
    lines = _texts(unified_lines(_chat("a\u200bb", "Yes.  "), _chat("ab", "Yes."), 60))
    assert "- user: a\\u200bb" in lines
    assert "- assistant: Yes.␣␣" in lines


@pytest.mark.parametrize("width", [20, 33, 61, 140])
def test_no_line_is_wider_than_its_room(width: int) -> None:
    old, new = _chat("日本語 " * 40, "word " * 60), _chat("日本 " * 40, "words " * 60)
    for lines in (unified_lines(old, new, width), beside_lines(old, new, width)):
        assert max(cell_len(text_of(line)) for line in lines) <= max(width, 27)


def test_long_lines_are_broken_between_words_and_long_words_within() -> None:
    broken = wrapped([("one two ", "plain"), ("three", "good")], 8)
    assert _texts(broken) == ["one two", "three"]
    assert _texts(wrapped([("abcdefghij", "plain")], 4)) == ["abcd", "efgh", "ij"]
    assert wrapped([], 8) == [[]]
