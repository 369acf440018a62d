from __future__ import annotations

import pytest

from engine.chatting.sampling import Sampling
from tui.chat_settings import (
    ChatSettings,
    SettingError,
    Written,
    in_words,
    settings_of,
    written_of,
)


def test_what_is_written_becomes_settings() -> None:
    written = Written(" Be brief.\n", "0,7", " 64", "-3", "END\n\\n\\n###\nC:\\\\new")
    assert settings_of(written) == ChatSettings(
        "Be brief.", Sampling(0.7, 64, -3, ("END", "\n\n###", "C:\\new"))
    )


def test_blanks_leave_it_to_the_server() -> None:
    assert settings_of(Written()) == ChatSettings(None, Sampling(None, None, None, ()))


@pytest.mark.parametrize(
    "settings",
    [
        ChatSettings(),
        ChatSettings("Be\nbrief.", Sampling(1.5, None, 7, ("\n", "a\\nb", "\t", " x"))),
    ],
)
def test_settings_are_written_so_that_they_are_read_back(settings: ChatSettings) -> None:
    assert settings_of(written_of(settings)) == settings


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("temperature", "hot", "0 to 2"),
        ("temperature", "2.1", "0 to 2"),
        ("temperature", "nan", "0 to 2"),
        ("temperature", "-1", "0 to 2"),
        ("max_tokens", "0", "1 or more"),
        ("max_tokens", "1.5", "1 or more"),
        ("max_tokens", "9" * 30, "1 or more"),
        ("seed", "x", "whole number"),
        ("stop", "a\nb\nc\nd\ne", "4 stop texts"),
    ],
)
def test_what_cannot_be_is_told_with_its_field(field: str, text: str, words: str) -> None:
    with pytest.raises(SettingError, match=words) as caught:
        settings_of(Written(**{field: text}))
    assert caught.value.field == field


def test_all_that_is_set_is_told_in_a_line() -> None:
    assert in_words(ChatSettings()) == "temperature 0 · at most 256 tokens · no system prompt"
    settings = ChatSettings("Be\n brief.", Sampling(None, None, 7, ("END", "\n")))
    assert in_words(settings) == (
        "the service's temperature · answers of any length · seed 7 · stop at 'END' '\\n'"
        " · system: Be brief."
    )
