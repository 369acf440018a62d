from __future__ import annotations

import pytest

from engine.data.errors import DataError
from engine.data.versions.criteria import answer_of, system_of, values_of
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


def test_the_system_prompt_may_be_missing() -> None:
    assert (system_of(TALK), system_of(CHOICE)) == ("Be brief.", "")


def test_equal_values_have_equal_numbers() -> None:
    rows = [row("a", "x"), row("b", "y"), row("c", "x")]
    assert values_of(rows, "answer").numbers == [0, 1, 0]
    assert values_of(rows, "prompt").numbers == [0, 1, 2]
    assert values_of(rows, "system").numbers == [0, 0, 0]


def test_prompts_are_the_same_whatever_kind_of_example_has_them() -> None:
    rows = [row("Two?", "2"), CHOICE, row("2?", "2"), TALK]
    assert values_of(rows, "prompt").numbers == [0, 0, 1, 2]


def test_a_column_is_found_by_its_name_and_goes_before_words_of_ours() -> None:
    rows = [row("a", "x", user=1), row("b", "y", user=2), row("c", "x", user=1), row("d", "z")]
    assert values_of(rows, "user").numbers == [0, 1, 0, 2]
    rows = [row("a", "x", system=1), row("b", "y", system=2)]
    assert values_of(rows, "system").numbers == [0, 1]


def test_what_has_no_value_is_counted_and_is_no_group() -> None:
    users: list[object] = ["ann", "", None, "ann", " ", "null"]
    rows = [row("a", "x", user=user) for user in users]
    found = values_of([*rows, row("a", "x")], "user")
    assert found.numbers == [0, 1, 1, 0, 1, 2, 1]
    assert found.without == 4
    groups = found.groups()
    assert groups[0] == groups[3]
    assert len(set(groups)) == 6
    assert values_of(rows[:1], "user").without == 0


def test_values_are_named_by_their_beginnings() -> None:
    long = row("a", "x" * 100, user={"id": 7})
    assert values_of([long], "answer").names == ["x" * 39 + "…"]
    assert values_of([long, row("a", "")], "user").names == ['{"id": 7}', "(none)"]


def test_an_unknown_column_is_named_with_those_that_there_are() -> None:
    with pytest.raises(
        DataError, match=r"No example.*'usr' \(did you mean 'user'\? there is: user, .*answer"
    ) as refused:
        values_of([row("a", "x", user=1)], "usr")
    assert str(refused.value).startswith("No example has a column")
