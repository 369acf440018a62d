# ruff: noqa: RUF001 - characters that look alike are what is tested here
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.characters import is_blank, without_control, without_invisible

HIDDEN = st.text(
    st.sampled_from(
        "ab\n\x00\x1b[31m\x9b\u200b\u200c\u200d\u200e\u202e\ufeff\u00ad\u2060\ufe0f"
        "میก👩🔧🏴\U000e0067\U000e007f\u061c"
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x07c\x7fd\x9fe", "abcde"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("tab\tline\nreturn\r\x0c", "tab\tline\nreturn\r\x0c"),
        ("Grüße, 世界 👋", "Grüße, 世界 👋"),
    ],
)
def test_control_characters_go_and_line_ends_stay(text: str, expected: str) -> None:
    assert without_control(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zero\u200bwidth", "zerowidth"),
        ("\ufeffmark in\ufeff the text", "mark in the text"),
        ("soft\u00adhyphen, word\u2060joiner", "softhyphen, wordjoiner"),
        ("a\u200db, c\u200cd", "ab, cd"),
        ("turned \u202eround\u202c", "turned round"),
        ("tags\U000e0041\U000e0042 hide text", "tags hide text"),
        ("broken 👩\u200d end", "broken 👩 end"),
    ],
)
def test_what_nobody_sees_goes(text: str, expected: str) -> None:
    assert without_invisible(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d🔧 👨🏽\u200d💻 ❤\ufe0f\u200d🔥",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "ภาษา\u200bไทย",
        "\u200fשלום (hello)\u200e",
        "café – “naïve” ½",
    ],
)
def test_what_a_reader_would_miss_stays(text: str) -> None:
    assert without_invisible(text) == text


@given(HIDDEN)
def test_each_step_twice_is_the_step_once(text: str) -> None:
    for step in (without_control, without_invisible):
        once = step(text)
        assert step(once) == once


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\ufeff \u00ad", "\x00", "\x1b[0m"])
def test_a_text_of_nothing_visible_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " a", "\u200ba", "0", "👩", "\x1b[31mred"])
def test_a_text_of_anything_visible_is_not_blank(text: str) -> None:
    assert not is_blank(text)
