from __future__ import annotations

import pytest

from engine.data.errors import DataError
from engine.data.versions.criteria import answer_of, numbered, prompt_of, system_of
from tests.engine.data.versions.conftest import row

TALK = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Two?"},
        {"role": "assistant", "content": "2"},
        {"role": "user", "content": "Three?"},
        {"role": "assistant", "content": [{"type": "text", "text": "3"}]},
    ]
}
CHOICE = {
    "input": {"messages": [{"role": "user", "content": "Two?"}]},
    "preferred_output": [{"role": "assistant", "content": "2"}],
    "non_preferred_output": [{"role": "assistant", "content": "two, I think"}],
}


def test_the_answer_is_what_the_assistant_says_last() -> None:
    assert answer_of(TALK) == "3"
    assert answer_of(CHOICE) == "2"


def test_the_prompt_is_all_before_it() -> None:
    assert prompt_of(TALK).count('"content"') == 4
    assert prompt_of(row("Two?", "2")) == prompt_of(CHOICE) != prompt_of(row("2?", "2"))


def test_the_system_prompt_may_be_missing() -> None:
    assert (system_of(TALK), system_of(CHOICE)) == ("Be brief.", "")


def test_equal_values_have_equal_numbers() -> None:
    rows = [row("a", "x"), row("b", "y"), row("c", "x")]
    assert numbered(rows, "answer") == [0, 1, 0]
    assert numbered(rows, "prompt") == [0, 1, 2]
    assert numbered(rows, "system") == [0, 0, 0]


def test_a_column_is_found_by_its_name_and_goes_before_words_of_ours() -> None:
    rows = [row("a", "x", user=1), row("b", "y", user=2), row("c", "x", user=1), row("d", "z")]
    assert numbered(rows, "user") == [0, 1, 0, 2]
    assert numbered([row("a", "x", system=1), row("b", "y", system=2)], "system") == [0, 1]


def test_an_unknown_column_is_named_with_those_that_there_are() -> None:
    with pytest.raises(
        DataError, match=r"No example.*'usr' \(did you mean 'user'\? there is: user, .*answer"
    ) as refused:
        numbered([row("a", "x", user=1)], "usr")
    assert str(refused.value).startswith("No example has a column")
