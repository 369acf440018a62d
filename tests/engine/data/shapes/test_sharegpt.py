from __future__ import annotations

from typing import Any

import pytest

from engine.data.shapes.turns import SPEAKERS
from tests.engine.data.shapes.conftest import example_of, fault_of


def turn(speaker: str, value: object, **others: object) -> dict[str, Any]:
    return {"from": speaker, "value": value, **others}


def test_a_conversation_becomes_messages_and_other_columns_are_kept() -> None:
    row = {
        "id": "abc_0",
        "conversations": [
            turn("system", "Be kind."),
            turn("human", " Hi "),
            turn("gpt", "Hello!"),
            turn("human", "Bye"),
            turn("gpt", "Bye!"),
        ],
    }
    assert example_of(row) == {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": " Hi "},
            {"role": "assistant", "content": "Hello!"},
            {"role": "user", "content": "Bye"},
            {"role": "assistant", "content": "Bye!"},
        ],
        "id": "abc_0",
    }


@pytest.mark.parametrize("speaker", [*SPEAKERS, "Human", "GPT"])
def test_every_usual_name_of_a_speaker_is_known(speaker: str) -> None:
    row = {"conversations": [turn(speaker, "x", name="n"), turn("gpt", "y")]}
    assert example_of(row)["messages"][0]["role"] == SPEAKERS[speaker.lower()]


def test_role_and_content_do_as_well() -> None:
    turns = [{"role": "human", "content": "hi"}, {"role": "assistant", "content": "ho"}]
    assert example_of({"conversations": turns}) == {
        "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": "ho"},
        ]
    }


def test_calls_of_tools_are_numbered_and_answered_in_their_order() -> None:
    row = {
        "tools": '[{"name": "weather", "parameters": {"type": "object"}}]',
        "system": "",
        "conversations": [
            turn("human", "Oslo, Rome?"),
            turn(
                "function_call",
                '[{"name": "weather", "arguments": {"city": "Oslo"}}, '
                '{"name": "weather", "arguments": {"city": "Rome"}}]',
            ),
            turn("observation", "-3"),
            turn("observation", "21"),
            turn("gpt", "Cold and warm."),
        ],
    }
    example = example_of(row)

    def call(name: str, arguments: str) -> dict[str, Any]:
        function = {"name": "weather", "arguments": arguments}
        return {"id": name, "type": "function", "function": function}

    assert example == {
        "messages": [
            {"role": "user", "content": "Oslo, Rome?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    call("call_1", '{"city": "Oslo"}'),
                    call("call_2", '{"city": "Rome"}'),
                ],
            },
            {"role": "tool", "content": "-3", "tool_call_id": "call_1"},
            {"role": "tool", "content": "21", "tool_call_id": "call_2"},
            {"role": "assistant", "content": "Cold and warm."},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "weather", "parameters": {"type": "object"}},
            }
        ],
    }


def test_ids_of_calls_and_other_fields_of_a_turn_are_kept() -> None:
    row = {
        "conversations": [
            turn("function_call", '{"name": "f", "arguments": "{}"}', tool_call_ids=["x"]),
            turn("observation", "1", tool_call_id="x"),
            turn("gpt", "one", weight=0, markdown=None),
        ]
    }
    calling, answering, saying = example_of(row)["messages"]
    assert calling["tool_calls"][0]["id"] == answering["tool_call_id"] == "x"
    assert saying == {"role": "assistant", "content": "one", "weight": 0}


def test_a_tool_that_nobody_called_answers_no_call() -> None:
    row = {"conversations": [turn("tool", "1"), turn("gpt", "one")]}
    assert example_of(row)["messages"][0] == {"role": "tool", "content": "1"}


def test_a_system_column_counts_only_where_the_conversation_has_none() -> None:
    turns = [turn("human", "hi"), turn("gpt", "ho")]
    example = example_of({"system": "Be kind.", "conversations": turns})
    assert example["messages"][0] == {"role": "system", "content": "Be kind."}
    assert list(example) == ["messages"]
    own = [turn("system", "Be rude."), *turns]
    example = example_of({"system": "Be kind.", "conversations": own})
    assert example["messages"][0]["content"] == "Be rude."
    assert example["system"] == "Be kind."


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ("hi", "has a text in conversations, not a list"),
        ([], "has no assistant message in conversations: there is nothing to learn from it"),
        (
            [turn("human", "hi")],
            "has no assistant message in conversations: there is nothing to learn from it",
        ),
        (["hi"], "has a text in conversations[0], not an object"),
        ([{"value": "hi"}], "has nothing in conversations[0].from, not a text"),
        ([turn("gpt", 5)], "has a number in conversations[0].value, not a text"),
        ([{"from": "gpt"}], "has nothing in conversations[0].value, not a text"),
        (
            [turn("narrator", "hi")],
            (
                "has 'narrator' in conversations[0].from; it can be human, gpt, system, tool, "
                "function_call, observation"
            ),
        ),
        (
            [{"role": "narrator", "content": "hi"}],
            (
                "has 'narrator' in conversations[0].role; it can be human, gpt, system, tool, "
                "function_call, observation"
            ),
        ),
        (
            [{"role": "gpt", "content": 5}],
            "has a number in conversations[0].content, not a text",
        ),
        ([turn("gpt", "a", role="user")], "has both from and role in conversations[0]"),
        ([turn("gpt", "a", content="b")], "has both value and content in conversations[0]"),
        (
            [turn("function_call", "[]")],
            "has a list in conversations[0].value that is no call: a name and arguments",
        ),
        (
            [turn("function_call", '{"arguments": {}}')],
            "has nothing in conversations[0].tool_calls[0].function.name, not a text",
        ),
        (
            [turn("function_call", None)],
            "has null in conversations[0].value that is no call: a name and arguments",
        ),
    ],
)
def test_wrong_turns_are_named_with_the_field(turns: object, reason: str) -> None:
    assert fault_of({"conversations": turns}) == reason


def test_a_call_that_is_no_json_says_where_it_breaks() -> None:
    assert fault_of({"conversations": [turn("function_call", "f(x)")]}).startswith(
        "has a text in conversations[0].value that is no JSON: Expecting value"
    )


def test_tools_that_are_no_list_are_named() -> None:
    row = {"conversations": [turn("gpt", "x")], "tools": '{"name": "f"}'}
    assert fault_of(row) == "has an object in tools, not a list"
