from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.whitespace import collapsed_blank_lines, normalized_newlines, stripped

BLANKS = st.text(st.sampled_from(" \n\t\r\x0b\x85\xa0\u2028x`~"), max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("page\x0cnext\x0bline", "page\nnext\nline"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("Wait\x85", "Wait\x85"),
    ],
)
def test_line_ends_of_all_kinds_become_line_feeds(text: str, expected: str) -> None:
    assert normalized_newlines(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  hello \n\n", "hello"),
        ("a  \nb\t\n c\xa0", "a\nb\n c"),
        (" \n\t", ""),
        ("a\r\nb", "a\nb"),
        ("Wait\x85", "Wait\x85"),
    ],
)
def test_blanks_go_from_the_ends_of_texts_and_lines(text: str, expected: str) -> None:
    assert stripped(text) == expected


def test_the_first_line_of_indented_code_keeps_its_indentation() -> None:
    assert stripped("\n\n    if x:\n        y()  \n") == "    if x:\n        y()"
    assert stripped("    only one line") == "only one line"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n\n\nb", "a\n\nb"),
        ("a\n \n\t\nb", "a\n\nb"),
        ("a\n\nb\nc", "a\n\nb\nc"),
        ("```\na\n\n\nb\n```\n\n\nc", "```\na\n\n\nb\n```\n\nc"),
        ("~~~\na\n\n\nnever closed", "~~~\na\n\n\nnever closed"),
    ],
)
def test_several_blank_lines_become_one_outside_code(text: str, expected: str) -> None:
    assert collapsed_blank_lines(text) == expected


@given(BLANKS)
def test_each_step_twice_is_the_step_once(text: str) -> None:
    for step in (normalized_newlines, stripped, collapsed_blank_lines):
        once = step(text)
        assert step(once) == once


def test_masses_of_blanks_take_no_time() -> None:
    text = ("\n" + " " * 50_000 + "x") * 20
    assert collapsed_blank_lines(text) == text
    assert len(stripped(" " * 1_000_000)) == 0
