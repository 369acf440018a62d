from __future__ import annotations

from rich.cells import cell_len

from tui.ink import text_of
from tui.widgets.transcript import Exchange, exchange_lines


def _shown(exchange: Exchange, width: int = 30) -> list[str]:
    return [text_of(line) for line in exchange_lines(exchange, width)]


def test_question_and_answer_are_broken_between_words() -> None:
    exchange = Exchange("What is two and two, and how do you know?", "It is four.\n\nI counted.")
    assert _shown(exchange) == [
        "▸ What is two and two, and how",
        "  do you know?",
        "  It is four.",
        "  ",
        "  I counted.",
        "",
    ]


def test_no_line_is_wider_than_the_room() -> None:
    exchange = Exchange("w" * 100, "日本語の長い答え" * 20, "trouble " * 20, heading="3h ago")
    assert max(cell_len(line) for line in _shown(exchange)) <= 30


def test_an_answer_that_steers_the_terminal_is_shown_harmless() -> None:
    assert "  clean" in _shown(Exchange("q", "\x1b]0;title\x07\x1b[2Jclean"))


def test_trouble_is_told_after_what_came() -> None:
    assert _shown(Exchange("q", "half an", "the server is gone")) == [
        "▸ q",
        "  half an",
        "! the server is gone",
        "",
    ]
