"""Answers beside each other, in however many columns have room."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from engine.comparing.answers import Asked, Said
from engine.suites.prompts import Prompt
from tui.ink import text_of
from tui.widgets.comparison_answer_lines import AnswerColumn, answers_beside, prompt_lines

ASKED = Asked(
    "d" * 64,
    Prompt(
        (
            {"role": "system", "content": "You are brief. " * 20},
            {"role": "user", "content": "日本語の質問ですか " * 20},
        ),
        reference={"role": "assistant", "content": "yes " * 60},
    ),
    {
        "a": Said("one two three\n\n  four\x1b[31m five", None, "length", 5, 1.5, 0.01),
        "b": Said("one 2 three " * 40, tokens=1, asked_otherwise=True),
        "c": Said("", "I cannot help with that."),
        "d": Said(""),
        "e": Said("one two three\n\n  four  five"),
        "f": Said("one two three"),
        "g": Said("one two three\n\n  four\x1b[31m five"),
    },
)
COLUMNS = [AnswerColumn(name * 30, name) for name in "abcdefgh"]


@pytest.mark.parametrize("width", [20, 47, 50, 60, 80, 100, 120, 160, 200])
@pytest.mark.parametrize("columns", [1, 2, 3, 4, 6])
def test_no_line_is_longer_than_its_room(width: int, columns: int) -> None:
    for selected in range(columns):
        lines = answers_beside(ASKED, COLUMNS[:columns], selected, width)
        assert max(cell_len(text_of(line)) for line in lines) <= width
        shown = "\n".join(map(text_of, lines))
        assert "▸" in shown
        assert "the base" in shown


@pytest.mark.parametrize("width", [20, 50, 120])
def test_a_long_prompt_is_cut_in_its_middle(width: int) -> None:
    cut, whole = (prompt_lines(ASKED, width, most) for most in (6, None))
    assert len(cut) <= 6 + 3
    assert len(whole) > len(cut)
    assert any("more line" in text_of(line) for line in cut)
    assert all(cell_len(text_of(line)) <= width for line in whole)
    assert text_of(whole[0]) == "▸ system:"


def test_what_has_to_be_known_of_an_answer_is_said() -> None:
    shown = "\n".join(text_of(line) for line in answers_beside(ASKED, COLUMNS, 0, 400))
    for words in (
        "✂ cut off · 5 tokens · 1.5 s · $0.010",
        "asked with other settings",
        "✗ no answer",
        "I cannot help with that.",
        "(nothing)",
        "was not asked this",
        "= the same",
        "≠ in spaces alone",
        "≠ words left out",
    ):
        assert words in shown


def test_a_prompt_without_text_is_named_by_its_digest() -> None:
    [line] = prompt_lines(Asked("abc" * 20, None, {}), 80, 6)
    assert text_of(line) == "The text of this prompt is not here any more: abcabcabcabc"
