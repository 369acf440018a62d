from __future__ import annotations

from rich.cells import cell_len

from tui.exchange import Exchange, exchange_lines
from tui.ink import text_of


def shown(exchange: Exchange, width: int = 30) -> list[str]:
    return [text_of(line) for line in exchange_lines(exchange, width)]


def test_question_and_answer_are_broken_between_words() -> None:
    exchange = Exchange("What is two and two, and how do you know?", "It is four.\n\nI counted.")
    assert shown(exchange) == [
        "▸ What is two and two, and how",
        "  do you know?",
        "  It is four.",
        "",
        "  I counted.",
        "",
    ]


def test_no_line_is_wider_than_the_room() -> None:
    exchange = Exchange(
        "w" * 100, "日本語の長い答え" * 20, "trouble " * 20, heading="long ago " * 9, took="s " * 40
    )
    assert max(cell_len(line) for line in shown(exchange)) <= 30


def test_an_answer_that_steers_the_terminal_is_shown_harmless() -> None:
    assert "  clean" in shown(Exchange("q", "\x1b]0;title\x07\x1b[2Jclean"))


def test_trouble_is_told_after_what_came_then_what_it_took_and_what_is_thought_of_it() -> None:
    exchange = Exchange("q", "half an", "the server is gone", took="0.4 s", rating="down")
    assert shown(exchange) == [
        "▸ q",
        "  half an",
        "! the server is gone",
        "  0.4 s · ▼ bad",
        "",
    ]


def test_a_long_question_is_shown_shortened() -> None:
    lines = shown(Exchange("a line\n" * 50_000))
    assert lines[:2] == ["▸ a line", "  a line"]
    assert lines[-2:] == ["  … 350,000 characters in all", ""]
    assert len(lines) < 20


def test_an_answer_can_be_shown_as_it_was_written() -> None:
    lines = exchange_lines(Exchange("q", "**a**"), 30, raw=True)
    assert text_of(lines[1]) == "  **a**"
