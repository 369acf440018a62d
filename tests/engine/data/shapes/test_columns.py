from __future__ import annotations

import math
from datetime import date

import pytest

from engine.data.shapes.conversion import Conversion
from engine.data.shapes.exchanges import exchange
from tests.engine.data.shapes.conftest import example_of, fault_of

MESSAGES = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]


def test_columns_stand_beside_the_messages_sorted_by_name() -> None:
    example = example_of({"topic": "x", "messages": MESSAGES, "id": 7, "meta": {"z": 1, "a": 2}})
    assert list(example) == ["messages", "id", "meta", "topic"]
    assert example["meta"] == {"z": 1, "a": 2}


def test_a_column_is_kept_even_where_it_says_the_same_as_a_message() -> None:
    row = {"messages": MESSAGES, "question": "q", "label": "a", "number": 1}
    assert example_of(row) == row


@pytest.mark.parametrize("human", ["spam", "ham", ""])
def test_what_a_template_shows_as_it_is_is_not_kept_twice(human: str) -> None:
    row = {"text": "one", "model": "spam", "human": human}
    example = example_of(row, Conversion("{text}", "{model}"))
    assert example == {"messages": exchange("one", "spam")["messages"], "human": human}


@pytest.mark.parametrize("completion", ["{model} ", "{model|default:ham}", "{number}"])
def test_what_a_template_shows_otherwise_is_kept(completion: str) -> None:
    row = {"text": "one", "model": "spam", "number": 1}
    example = example_of(row, Conversion("{text}", completion))
    assert (example["model"], example["number"]) == ("spam", 1)


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
