# ruff: noqa: RUF001 - real text of many languages
from __future__ import annotations

import pytest
from ftfy.badness import is_bad
from hypothesis import given
from hypothesis import strategies as st

from engine.data.checking.texts import mojibake, text_problems

GOOD = (
    "Voilà une réponse très détaillée : « où l’on explique tout », n’est-ce pas ?",
    "¿Dónde está? —Él dijo que está allí, señor.",
    "Über die Straße laufen „schöne“ Hunde — natürlich.",
    "Она сказала, что её брат живёт в Москве… «Правда?»",
    "Ελληνικά κείμενα είναι όμορφα.",
    "这是一个测试句子，用来衡量速度。",
    "日本語のテキストです。",
    "It’s a “test” — don’t worry… £3 or 20 °C © 😀",
)
ENCODINGS = ("latin-1", "cp1252", "mac_roman", "cp437")


@pytest.mark.parametrize("text", GOOD)
def test_good_text_in_any_language_is_left_alone(text: str) -> None:
    assert list(text_problems(text, "")) == []


@pytest.mark.parametrize(
    "text", ["voilà", "naïve café", "it’s “quoted” – fine…", "Straße", "señor"]
)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_ftfy_calls_bad_is_found(text: str, encoding: str) -> None:
    wrong = f"before {text} after".encode().decode(encoding, errors="replace")
    assert (mojibake(wrong) is not None) == is_bad(wrong)


def test_utf_8_that_was_read_as_windows_1252_is_found() -> None:
    assert mojibake("voilà: it’s".encode().decode("cp1252")) is not None


def test_a_long_text_is_searched_to_its_end() -> None:
    damaged = GOOD[0] * 200 + "VoilÃ© tout"
    piece = mojibake(damaged)
    assert piece is not None
    assert "Ã©" in piece


@given(text=st.text(max_size=60))
def test_what_is_called_mojibake_ftfy_calls_bad(text: str) -> None:
    assert mojibake(text) is None or is_bad(text)


def test_each_kind_of_odd_character_is_told_once_with_its_place() -> None:
    problems = list(text_problems("a\x1b[31mb\x00 caf\ufffd \udc80", "prompt"))
    assert [(problem.rule, problem.message) for problem in problems] == [
        ("control-character", "There is U+001B at character 2 (2 such)"),
        ("replacement-character", "There is U+FFFD at character 13"),
        ("unpaired-surrogate", "There is U+DC80 at character 15"),
    ]
