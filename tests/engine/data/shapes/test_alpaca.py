from __future__ import annotations

from typing import Any

import pytest

from tests.engine.data.shapes.conftest import example_of, fault_of


def texts(example: dict[str, Any]) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in example["messages"]]


def test_an_instruction_without_an_input_is_the_users_message() -> None:
    row = {"instruction": "Name a prime.", "input": "", "output": "7"}
    example = example_of(row)
    assert texts(example) == [("user", "Name a prime."), ("assistant", "7")]
    assert list(example) == ["messages"]


def test_an_input_stands_a_blank_line_below_its_instruction_and_both_are_kept_apart() -> None:
    row = {"instruction": "Translate.", "input": "Guten Tag", "output": "Good day", "id": 3}
    example = example_of(row)
    assert texts(example)[0] == ("user", "Translate.\n\nGuten Tag")
    assert (example["instruction"], example["input"]) == ("Translate.", "Guten Tag")
    assert list(example) == ["messages", "id", "input", "instruction"]


def test_system_prompt_and_history_come_before() -> None:
    row = {
        "instruction": "And 3+3?",
        "output": "6",
        "system": "You can add.",
        "history": [["2+2?", "4"], ["1+1?", "2"]],
    }
    example = example_of(row)
    assert texts(example) == [
        ("system", "You can add."),
        ("user", "2+2?"),
        ("assistant", "4"),
        ("user", "1+1?"),
        ("assistant", "2"),
        ("user", "And 3+3?"),
        ("assistant", "6"),
    ]
    assert list(example) == ["messages"]


@pytest.mark.parametrize("history", [None, [], ""])
def test_an_empty_history_is_none(history: object) -> None:
    row = {"instruction": "i", "output": "o", "history": history, "system": None}
    assert example_of(row) == example_of({"instruction": "i", "output": "o"})


def test_the_columns_of_dolly_are_the_same_under_other_names() -> None:
    row = {
        "instruction": "When?",
        "context": "Rome fell in 476.",
        "response": "In 476.",
        "category": "closed_qa",
    }
    example = example_of(row)
    assert texts(example) == [("user", "When?\n\nRome fell in 476."), ("assistant", "In 476.")]
    assert example["category"] == "closed_qa"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"output": None}, "has null in output, not a text"),
        (
            {"instruction": 1},
            (
                "has a number in instruction, not a text. Templates write it out: name it as "
                "'{instruction}' in --prompt or --completion"
            ),
        ),
        ({"input": ["x"]}, "has a list in input, not a text"),
        ({"system": {}}, "has an object in system, not a text"),
        ({"history": "2+2? 4"}, "has a text in history, not a list of pairs"),
        ({"history": [["q", "a"], ["q"]]}, "has no pair of texts in history[1]"),
        ({"history": [["q", 4]]}, "has no pair of texts in history[0]"),
    ],
)
def test_what_is_wrong_is_named_with_the_field(change: dict[str, Any], reason: str) -> None:
    assert fault_of({"instruction": "i", "output": "o"} | change) == reason


def test_an_instruction_without_an_output_says_so() -> None:
    assert fault_of({"instruction": "i", "input": ""}).startswith(
        "has instruction but no output, beside input. Say how to make examples of it"
    )
