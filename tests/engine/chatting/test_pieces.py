"""The pieces of a streamed answer."""

from __future__ import annotations

import pytest

from engine.chatting.pieces import Pieces
from engine.keys import Key

_TEXT = "sk-proj-Zq7Xw2mN9rT4vB8kL3"


def _whole(pieces: Pieces, *taken: str) -> list[str]:
    return [*map(pieces.take, taken), pieces.rest()]


def test_pieces_go_through_as_they_come() -> None:
    pieces = Pieces(Key(_TEXT, "a test"))
    assert _whole(pieces, "Two", " euros", "", "日本 🇧🇪") == ["Two", " euros", "", "日本 🇧🇪", ""]


def test_the_halves_of_a_character_are_joined() -> None:
    assert _whole(Pieces(None), "a \ud83d", "\ude00 b") == ["a ", "😀 b", ""]
    assert _whole(Pieces(None), "\ud83d\ude00") == ["😀", ""]


def test_half_a_character_is_shown_as_one_that_is_missing() -> None:
    assert _whole(Pieces(None), "a \ud83d b", "\udc00c", "d\ud83d") == [
        *("a \ufffd b", "\ufffdc", "d", "\ufffd"),
    ]


@pytest.mark.parametrize("cut", range(2, len(_TEXT)))
def test_a_key_is_hidden_wherever_it_is_cut(cut: int) -> None:
    pieces = Pieces(Key(_TEXT, "a test"))
    text = "".join(_whole(pieces, f"It is {_TEXT[:cut]}", f"{_TEXT[cut:]}.", f" Again {_TEXT}"))
    assert text == "It is [key]. Again [key]"


def test_what_only_begins_like_a_key_is_shown_in_the_end() -> None:
    pieces = Pieces(Key(_TEXT, "a test"))
    assert "".join(_whole(pieces, "sk-proj", "ects and a ta", "sk", "-proj")) == (
        "sk-projects and a task-proj"
    )


def test_a_word_that_serves_as_a_key_at_home_is_not_hidden() -> None:
    assert _whole(Pieces(Key("EMPTY", "a test")), "The box is EMPTY.") == ["The box is EMPTY.", ""]
