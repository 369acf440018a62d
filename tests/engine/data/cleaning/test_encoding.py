# ruff: noqa: RUF001 - characters that look alike are what is tested here
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.encoding import fixed_encoding
from engine.data.shapes.example import Record, with_texts

REAL = st.text(st.sampled_from("abc é ü ñ ß ç – “ ” ’ … € 日本 привет αβγ 😀 \n"), max_size=40)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("cafÃ©", "café"),
        ("naÃƒÂ¯ve, twice wrong", "naïve, twice wrong"),
        ("Itâ€™s â€œsmartâ€\x9d", "It’s “smart”"),
        ("\x93quotes\x94 of Windows\x85", "“quotes” of Windows…"),
        ("Ã la carte", "à la carte"),
        ("10â‚¬ or Â£9", "10€ or £9"),
        ("ð\x9f\x98\x80", "😀"),
        ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚, æ—¥æœ¬èªž", "привет, 日本語"),
        ("pair \ud83d\ude00, half \ud83d", "pair 😀, half \ufffd"),
        ("it&#39;s what you don&#x27;t see", "it's what you don't see"),
    ],
)
def test_wrong_decodings_are_mended(wrong: str, right: str) -> None:
    assert fixed_encoding(wrong) == right


@pytest.mark.parametrize(
    "text",
    [
        "“curly” ‘quotes’ – it’s fine…",
        "ﬁne ligatures, ＦＵＬＬ width, e\u0301 in two, x² and ½",
        "AT&amp;T &lt;b&gt; &quot;meant so&quot;",
        "<b>don&#39;t</b> is HTML",
        "SÃO PAULO, Ângela, Übung, ΑΒΓ, Привет №5, 日本語",
        "line\r\nends\u2028stay",
        "`cafÃ©` is how it looks",
        "```python\nbad = 'Ã©'\n```",
        "```\nnever closed: Ã©",
    ],
)
def test_what_is_right_or_code_is_not_touched(text: str) -> None:
    assert fixed_encoding(text) == text


def test_prose_around_code_is_mended() -> None:
    assert fixed_encoding("cafÃ©: `cafÃ©` Ã©") == "café: `cafÃ©` é"


@given(REAL, st.sampled_from(["latin-1", "cp1252", "cp1250"]))
def test_mending_twice_is_mending_once(text: str, codec: str) -> None:
    wrong = text.encode().decode(codec, "replace")
    for given_text in (text, wrong, wrong + text):
        once = fixed_encoding(given_text)
        assert fixed_encoding(once) == once


def test_nothing_of_real_exercises_changes(exercises: list[Record]) -> None:
    assert [with_texts(record, fixed_encoding) for record in exercises] == exercises
