from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.reading.rows import EXCERPT_LENGTH, excerpt


@given(st.text(max_size=300) | st.binary(max_size=600))
def test_an_excerpt_is_short_and_can_be_printed(text: str | bytes) -> None:
    shown = excerpt(text)
    assert len(shown) <= EXCERPT_LENGTH
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("caf\u00e9 \u4f60\u597d", "caf\u00e9 \u4f60\u597d"),
        ("\x1b[2J\n\t", "\\x1b[2J\\n\\t"),
        ("\u202eabc\u200b", "\\u202eabc\\u200b"),
        (b"caf\xe9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_could_disturb_a_terminal_is_shown_as_its_escape(
    text: str | bytes, shown: str
) -> None:
    assert excerpt(text) == shown


def test_a_cut_is_marked() -> None:
    assert excerpt("x" * 120) == "x" * 120
    assert excerpt("x" * 121) == "x" * 119 + "…"
