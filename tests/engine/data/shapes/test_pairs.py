from __future__ import annotations

from typing import Any

import pytest

from tests.engine.data.shapes.conftest import example_of, fault_of

SYSTEM = {"role": "system", "content": "Be kind."}
USER = {"role": "user", "content": "Hi"}
GOOD = {"role": "assistant", "content": "Hello!"}
BAD = {"role": "assistant", "content": "What."}
NO_PROMPT = (
    "has chosen and rejected but nothing that says what they answer: no prompt, question, "
    "instruction or input"
)
EXAMPLE = {
    "input": {"messages": [USER]},
    "preferred_output": [GOOD],
    "non_preferred_output": [BAD],
}


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Hi", "chosen": "Hello!", "rejected": "What."},
        {"question": "Hi", "chosen": "Hello!", "rejected": "What."},
        {"instruction": "Hi", "input": "", "chosen": "Hello!", "rejected": "What."},
        {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
        {"prompt": [USER], "chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"prompt": "Hi", "chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {
            "conversations": [{"from": "human", "value": "Hi"}],
            "chosen": {"from": "gpt", "value": "Hello!"},
            "rejected": {"from": "gpt", "value": "What."},
        },
        {
            "chosen": "\n\nHuman: Hi\n\nAssistant: Hello!",
            "rejected": "\n\nHuman: Hi\n\nAssistant: What.",
        },
    ],
)
def test_pairs_in_every_usual_form_become_the_same_example(row: dict[str, Any]) -> None:
    assert example_of(row) == EXAMPLE


def test_columns_and_tools_are_kept() -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    row = {
        "prompt": [USER],
        "chosen": [GOOD],
        "rejected": [BAD],
        "tools": tools,
        "score_chosen": 8.5,
        "prompt_id": "x",
    }
    example = example_of(row)
    assert example["input"] == {"messages": [USER], "tools": tools}
    assert list(example)[3:] == ["prompt_id", "score_chosen"]


def test_a_system_column_comes_before_the_prompt() -> None:
    row = {"system": "Be kind.", "question": "Hi", "chosen": "Hello!", "rejected": "What."}
    assert example_of(row)["input"]["messages"] == [SYSTEM, USER]


def test_an_instruction_with_an_input_is_joined_and_both_are_kept() -> None:
    row = {"instruction": "Add", "input": "2, 2", "chosen": "4", "rejected": "5"}
    example = example_of(row)
    assert example["input"]["messages"][0]["content"] == "Add\n\n2, 2"
    assert (example["instruction"], example["input_"]) == ("Add", "2, 2")


def test_longer_conversations_share_all_but_the_answer() -> None:
    row = {"chosen": [USER, GOOD, USER, GOOD], "rejected": [USER, GOOD, USER, BAD]}
    assert example_of(row)["input"]["messages"] == [USER, GOOD, USER]


def test_equal_answers_are_still_answers() -> None:
    example = example_of({"chosen": [USER, GOOD], "rejected": [USER, GOOD]})
    assert example["preferred_output"] == example["non_preferred_output"] == [GOOD]


def test_calls_go_on_being_numbered_in_both_answers() -> None:
    call = {"from": "function_call", "value": '{"name": "f", "arguments": {}}'}
    seen = {"from": "observation", "value": "1"}
    said = {"from": "gpt", "value": "one"}
    row = {
        "conversations": [{"from": "human", "value": "Hi"}, call, seen],
        "chosen": [call, seen, said],
        "rejected": [said],
    }
    example = example_of(row)
    assert example["input"]["messages"][2]["tool_call_id"] == "call_1"
    assert example["preferred_output"][1]["tool_call_id"] == "call_2"


def test_a_transcript_that_is_not_quite_one_stays_a_text() -> None:
    text = "\n\nHuman:Hi\n\nAssistant: Hello!"
    row = {"prompt": "Hi", "chosen": text, "rejected": "What."}
    assert example_of(row)["preferred_output"] == [{"role": "assistant", "content": text}]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"chosen": "Hello!", "rejected": "What."},
            NO_PROMPT,
        ),
        (
            {"chosen": [USER, GOOD], "rejected": [SYSTEM, BAD]},
            "has chosen and rejected that begin differently: both must share a prompt",
        ),
        (
            {"prompt": [SYSTEM, USER], "chosen": [USER, GOOD], "rejected": [USER, BAD]},
            "has a prompt that chosen and rejected do not both begin with",
        ),
        (
            {"prompt": "Hi", "chosen": 1, "rejected": "What."},
            "has a number in chosen, neither a text nor messages",
        ),
        (
            {"prompt": "Hi", "chosen": None, "rejected": "What."},
            "has null in chosen, neither a text nor messages",
        ),
        (
            {"prompt": "Hi", "chosen": [], "rejected": [BAD]},
            "has no assistant message in chosen: there is no answer to compare",
        ),
        (
            {"prompt": "Hi", "chosen": [GOOD, USER], "rejected": [BAD]},
            (
                "has a user message in chosen; the two answers can hold messages of the assistant "
                "and of tools only"
            ),
        ),
        (
            {"prompt": "Hi", "chosen": [{"role": "bot?", "content": ""}], "rejected": [BAD]},
            (
                "has 'bot?' in chosen[0].role; it can be human, gpt, system, tool, function_call, "
                "observation"
            ),
        ),
        (
            {"prompt": [], "chosen": "Hello!", "rejected": "What."},
            NO_PROMPT,
        ),
    ],
)
def test_what_is_wrong_with_a_pair_is_named(row: dict[str, Any], reason: str) -> None:
    assert fault_of(row) == reason
