from __future__ import annotations

from typing import Any

from hypothesis import given

from engine.data.shapes.example import columns_of, kind_of, messages_of, texts_of, with_texts
from tests.engine.data.shapes.strategies import COLUMNS, records

PAIR: dict[str, Any] = {
    "input": {"messages": [{"role": "user", "content": "q"}], "tools": []},
    "preferred_output": [{"role": "assistant", "content": "a"}],
    "non_preferred_output": [{"role": "assistant", "content": "b"}],
    "id": 1,
}
CHAT: dict[str, Any] = {
    "messages": [{"role": "assistant", "content": [{"type": "text", "text": "x"}, {"type": "y"}]}],
    "functions": [],
    "input": "a column",
}


def test_the_two_kinds_are_told_apart_and_their_columns_from_their_own_keys() -> None:
    assert (kind_of(CHAT), kind_of(PAIR)) == ("chat", "preference")
    assert columns_of(CHAT) == {"input": "a column"}
    assert columns_of(PAIR) == {"id": 1}


def test_the_texts_of_a_pair_come_with_the_preferred_answer_first() -> None:
    texts = [text for message in messages_of(PAIR) for text in texts_of(message)]
    assert texts == ["q", "a", "b"]


def test_texts_are_changed_wherever_they_stand_and_nothing_else_is() -> None:
    assert with_texts(CHAT, str.upper)["messages"][0]["content"][0]["text"] == "X"
    changed = with_texts(PAIR, lambda text: text + "!")
    assert changed["input"] == {"messages": [{"role": "user", "content": "q!"}], "tools": []}
    assert changed["non_preferred_output"][0]["content"] == "b!"
    assert changed["id"] == 1


@given(records(COLUMNS))
def test_a_change_that_changes_no_text_gives_back_the_very_same_example(
    record: dict[str, Any],
) -> None:
    assert with_texts(record, str) is record
