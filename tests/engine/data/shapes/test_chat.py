from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.example import ROLES
from tests.engine.data.shapes.conftest import example_of, fault_of
from tests.engine.data.shapes.strategies import COLUMNS, TEXT, chat_rows

USER = {"role": "user", "content": "q"}
ASSISTANT = {"role": "assistant", "content": "a"}
KNOWN_ROLES = "it can be system, developer, user, assistant, tool, function"
STAND_INS = "which only tool_calls, function_call or refusal can stand in for"
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@given(st.lists(st.tuples(st.sampled_from(ROLES), TEXT), max_size=5), TEXT)
def test_chat_messages_stay_as_they_are(turns: list[tuple[str, str]], answer: str) -> None:
    turns = [*turns, ("assistant", answer)]
    row = {"messages": [{"content": content, "role": role} for role, content in turns]}
    example = example_of(row)
    assert example == row
    assert all(list(message) == ["role", "content"] for message in example["messages"])


def test_a_conversation_about_the_weather_is_kept_whole_with_its_tools() -> None:
    call = {
        "id": "call_9",
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
    }
    row = {
        "parallel_tool_calls": False,
        "source": "shop",
        "tools": [
            {"type": "function", "function": {"name": "weather", "parameters": {"b": 1, "a": 2}}}
        ],
        "messages": [
            {"name": "ann", "role": "user", "content": "How is it in Oslo?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_9", "content": "-3 °C"},
            {"weight": 0, "role": "assistant", "content": "Cold."},
            {"role": "user", "content": "And now?"},
            {"role": "assistant", "content": "Still.  \n"},
        ],
    }
    example = example_of(row)
    assert example == row
    assert list(example) == ["messages", "tools", "parallel_tool_calls", "source"]
    assert list(example["messages"][3]) == ["role", "content", "weight"]


def test_the_older_form_with_functions_is_kept_as_it_is() -> None:
    row = {
        "messages": [
            USER,
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "f", "arguments": "{}"},
            },
            {"role": "function", "name": "f", "content": "42"},
            ASSISTANT,
        ],
        "functions": [{"name": "f", "parameters": {}}],
    }
    assert example_of(row) == row


def test_content_in_parts_is_kept_with_its_keys_in_order() -> None:
    image = {
        "image_url": {"url": "https://example.org/a.png", "detail": "low"},
        "type": "image_url",
    }
    row = {
        "messages": [
            {"role": "user", "content": [{"text": "What is it?", "type": "text"}, image]},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
            {"role": "assistant", "content": None, "refusal": "I won't say."},
        ]
    }
    example = example_of(row)
    assert example == row
    assert [list(part) for part in example["messages"][0]["content"]] == [
        ["type", "text"],
        ["type", "image_url"],
    ]


def test_a_message_that_only_calls_tools_may_leave_its_content_out() -> None:
    example = example_of({"messages": [USER, {"role": "assistant", "tool_calls": [CALL]}]})
    assert example["messages"][1] == {"role": "assistant", "content": None, "tool_calls": [CALL]}


def test_what_tables_fill_with_null_is_as_good_as_not_there() -> None:
    nothing = {"name": None, "tool_calls": None, "weight": None}
    call = CALL | {"index": None}
    row = {
        "messages": [
            USER | nothing,
            {"role": "assistant", "content": None, "tool_calls": [call], "name": None},
        ],
        "tools": None,
        "parallel_tool_calls": None,
    }
    assert example_of(row) == {
        "messages": [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}]
    }


def test_arguments_that_are_an_object_become_the_text_that_the_api_has() -> None:
    call = {"type": "function", "function": {"name": "f", "arguments": {"b": "é", "a": 1}}}
    example = example_of({"messages": [{"role": "assistant", "tool_calls": [call]}]})
    [made] = example["messages"][0]["tool_calls"]
    assert made["function"]["arguments"] == '{"b": "é", "a": 1}'


def test_a_call_of_a_tool_that_is_no_function_is_kept() -> None:
    call = {"id": "1", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}
    row = {"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]}
    assert example_of(row) == row


def test_tools_as_a_json_text_are_read() -> None:
    row = {"messages": [ASSISTANT], "tools": '[{"type": "function", "function": {"name": "f"}}]'}
    assert example_of(row)["tools"] == [{"type": "function", "function": {"name": "f"}}]


@given(chat_rows(COLUMNS))
@settings(max_examples=100)
def test_an_example_is_a_row_of_which_the_same_example_is_made(row: dict[str, Any]) -> None:
    example = example_of(row)
    assert canonical_line(example_of(example)) == canonical_line(example)


def in_first(**fields: object) -> list[dict[str, object]]:
    return [{"role": "assistant", "content": "a"} | fields]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ("hello", "has a text in messages, not a list"),
        (None, "has null in messages, not a list"),
        ([], "has no assistant message in messages: there is nothing to learn from it"),
        ([USER], "has no assistant message in messages: there is nothing to learn from it"),
        ([USER, "hello"], "has a text in messages[1], not an object"),
        (
            [{"role": "bot", "content": ""}],
            f"has 'bot' in messages[0].role; {KNOWN_ROLES}",
        ),
        (
            [{"content": ""}],
            f"has nothing in messages[0].role; {KNOWN_ROLES}",
        ),
        (
            [{"role": ["user"], "content": ""}],
            f"has a list in messages[0].role; {KNOWN_ROLES}",
        ),
        ([{"role": "user", "content": 5}], "has a number in messages[0].content, not a text"),
        (
            [{"role": "user", "content": None}],
            f"has null in messages[0].content, {STAND_INS}",
        ),
        (
            [{"role": "user"}],
            f"has nothing in messages[0].content, {STAND_INS}",
        ),
        (
            [{"role": "assistant", "content": None, "tool_calls": []}],
            f"has null in messages[0].content, {STAND_INS}",
        ),
        (in_first(content=[]), "has an empty list in messages[0].content"),
        (in_first(content=["a"]), "has a text in messages[0].content[0], not an object"),
        (in_first(content=[{}]), "has nothing in messages[0].content[0].type, not a text"),
        (
            in_first(content=[{"type": "text", "text": 1}]),
            "has a number in messages[0].content[0].text, not a text",
        ),
        (
            in_first(content=[{"type": "image_url", "image_url": "a.png"}]),
            "has a text in messages[0].content[0].image_url, not an object with its url",
        ),
        (
            in_first(content=[{"type": "image_url", "image_url": {}}]),
            "has nothing in messages[0].content[0].image_url.url, not a text",
        ),
        (in_first(name=1), "has a number in messages[0].name, not a text"),
        (in_first(refusal=[]), "has a list in messages[0].refusal, not a text"),
        (in_first(tool_call_id=1), "has a number in messages[0].tool_call_id, not a text"),
        (in_first(weight="1"), "has a text in messages[0].weight, not a number"),
        (in_first(weight=True), "has true or false in messages[0].weight, not a number"),
        (in_first(weight=math.inf), "has NaN or Infinity in messages[0].weight"),
        (in_first(extra={"x": math.nan}), "has NaN or Infinity in messages[0].extra"),
        (in_first(tool_calls={}), "has an object in messages[0].tool_calls, not a list"),
        (in_first(tool_calls=[1]), "has a number in messages[0].tool_calls[0], not an object"),
        (in_first(tool_calls=[{"id": "1"}]), "has nothing in messages[0].tool_calls[0].function"),
        (
            in_first(tool_calls=[CALL | {"id": 1}]),
            "has a number in messages[0].tool_calls[0].id, not a text",
        ),
        (
            in_first(tool_calls=[{"function": {"name": "f"}}]),
            "has nothing in messages[0].tool_calls[0].function.arguments, not a text",
        ),
        (
            in_first(function_call={"arguments": "{}"}),
            "has nothing in messages[0].function_call.name, not a text",
        ),
    ],
)
def test_wrong_messages_are_named_with_the_field(messages: object, reason: str) -> None:
    assert fault_of({"messages": messages}) == reason


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("tools", {}, "has an object in tools, not a list"),
        ("tools", ["f"], "has a text in tools[0], not an object"),
        ("tools", [{"x": math.nan}], "has NaN or Infinity in tools"),
        ("tools", "[NaN]", "has a text in tools that is no JSON: it holds NaN"),
        ("functions", 1, "has a number in functions, not a list"),
        ("parallel_tool_calls", "yes", "has a text in parallel_tool_calls, not true or false"),
    ],
)
def test_wrong_settings_of_tools_are_named(field: str, value: object, reason: str) -> None:
    assert fault_of({"messages": [ASSISTANT], field: value}) == reason


def test_tools_as_a_broken_json_text_say_where_it_breaks() -> None:
    assert fault_of({"messages": [ASSISTANT], "tools": "[{"}).startswith(
        "has a text in tools that is no JSON: Expecting property name"
    )
