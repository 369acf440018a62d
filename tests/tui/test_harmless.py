from __future__ import annotations

import pytest

from tui.harmless import as_overwritten, harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größer, 日本", "plain, größer, 日本"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a new title\x07after", "after"),
        ("\x1b]52;c;aGk=\x1b\\after", "after"),
        ("\x1bPq#0;2;0\x1b\\after", "after"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1b]0;an unfinished title", ""),
        ("\x1bcreset", "reset"),
        ("one\ntwo\tthree", "one two three"),
        ("bell\x07 back\x08space", "bell\ufffd back\ufffdspace"),
        ("abc\u202ecba", "abccba"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_nothing_of_any_control_character_is_left() -> None:
    every = "".join(map(chr, range(0x110000 - 0x10000)))
    assert all(character.isprintable() or ord(character) >= 160 for character in harmless(every))
    assert "\x1b" not in harmless(every)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("no carriage return", "no carriage return"),
        ("10%\r50%\r100%", "100%"),
        ("100%\r", "100%"),
        ("text\r   ", "text"),
        ("", ""),
    ],
)
def test_of_a_progress_bar_the_last_writing_is_left(line: str, shown: str) -> None:
    assert as_overwritten(line) == shown
