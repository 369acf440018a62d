from __future__ import annotations

import math
from datetime import date

import pytest

from engine.data.shapes.conversion import Conversion
from tests.engine.data.shapes.conftest import example_of, fault_of

MESSAGES = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]


def test_columns_stand_beside_the_messages_sorted_by_name() -> None:
    example = example_of({"topic": "x", "messages": MESSAGES, "id": 7, "meta": {"z": 1, "a": 2}})
    assert list(example) == ["messages", "id", "meta", "topic"]
    assert example["meta"] == {"z": 1, "a": 2}


def test_a_column_that_a_message_shows_letter_for_letter_is_not_kept_twice() -> None:
    row = {"messages": MESSAGES, "question": "q", "label": "a", "other": "a ", "number": 1}
    assert example_of(row) == {"messages": MESSAGES, "other": "a ", "number": 1}


def test_a_text_part_shows_a_column_too() -> None:
    parts = [{"type": "text", "text": "q"}]
    messages = [{"role": "user", "content": parts}, MESSAGES[1]]
    assert example_of({"messages": messages, "question": "q"}) == {"messages": messages}


def test_a_column_called_like_a_key_of_the_example_gets_an_underscore() -> None:
    row = {"q": "?", "a": "!", "messages": 3, "tools": "hammer", "input": "kept"}
    example = example_of(row, Conversion("{q}", "{a}"))
    assert list(example) == ["messages", "input", "messages_", "tools_"]
    assert (example["messages_"], example["tools_"]) == (3, "hammer")


def test_an_underscore_that_is_taken_is_followed_by_another() -> None:
    row = {"q": "?", "a": "!", "messages": 3, "messages_": 4}
    example = example_of(row, Conversion("{q}", "{a}"))
    assert (example["messages_"], example["messages__"]) == (4, 3)


def test_an_example_of_preference_keeps_no_column_called_messages() -> None:
    row = {"prompt": "p", "chosen": "c", "rejected": "r", "input": "i", "messages_": 1}
    example = example_of(row)
    assert list(example) == [
        "input",
        "preferred_output",
        "non_preferred_output",
        "input_",
        "messages_",
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "has NaN or Infinity in 'score'"),
        ([1, {"deep": -math.inf}], "has NaN or Infinity in 'score'"),
        (
            date(2024, 2, 29),
            "has what JSON has not in 'score': Object of type date is not JSON serializable",
        ),
    ],
)
@pytest.mark.parametrize("conversion", [Conversion(), Conversion("{prompt}", "{completion}")])
def test_a_column_that_is_no_json_is_a_fault_of_the_row(
    conversion: Conversion, value: object, reason: str
) -> None:
    row = {"prompt": "p", "completion": "c", "score": value}
    assert fault_of(row, conversion) == reason
