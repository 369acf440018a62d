from __future__ import annotations

import json
from typing import Any

import pytest

from engine.data.exporting.targets import Target
from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record
from tests.engine.data.exporting.conftest import (
    ASSISTANT,
    CALL,
    CALLING,
    SEEN,
    SYSTEM,
    TOOL,
    USER,
    chat,
    pair,
    refusal_of,
    row_of,
)

SECOND = {"id": "call_2", "type": "function", "function": {"name": "time", "arguments": "{}"}}


def there_and_back(record: Record) -> Record:
    row = json.loads(json.dumps(row_of(record, Target.SHAREGPT)))
    [back] = Conversion().examples(row)
    return back


def test_a_conversation_with_tools_is_written_as_llama_factory_reads_it() -> None:
    record = chat(SYSTEM, USER, CALLING, SEEN, ASSISTANT | {"weight": 0}, tools=[TOOL], id=1)
    assert row_of(record, Target.SHAREGPT) == {
        "conversations": [
            {"from": "system", "value": "Be kind."},
            {"from": "human", "value": "Hi"},
            {
                "from": "function_call",
                "value": '{"name": "weather", "arguments": {"city": "Oslo"}}',
            },
            {"from": "observation", "value": "-3"},
            {"from": "gpt", "value": "Hello!", "weight": 0},
        ],
        "tools": '[{"name": "weather", "parameters": {"type": "object"}}]',
        "id": 1,
    }


def test_a_pair_has_its_answers_beside_the_conversation() -> None:
    record = pair(USER)
    record["input"]["tools"] = [TOOL]
    assert row_of(record, Target.SHAREGPT) == {
        "conversations": [{"from": "human", "value": "Hi"}],
        "chosen": {"from": "gpt", "value": "Hello!"},
        "rejected": {"from": "gpt", "value": "What."},
        "tools": '[{"name": "weather", "parameters": {"type": "object"}}]',
    }


@pytest.mark.parametrize(
    "messages",
    [
        [CALLING | {"tool_calls": [CALL, SECOND]}, SEEN, SEEN | {"tool_call_id": "call_2"}],
        [CALLING | {"tool_calls": [CALL, SECOND]}, SEEN | {"tool_call_id": "call_2"}, SEEN],
        [CALLING | {"tool_calls": [CALL | {"id": "xyz"}]}, SEEN | {"tool_call_id": "xyz"}],
        [CALLING | {"tool_calls": [{k: CALL[k] for k in ("type", "function")}]}],
        [SEEN],
        [{"role": "tool", "content": "-3"}],
        [CALLING, CALLING | {"tool_calls": [SECOND]}, SEEN],
        [{"role": "function", "content": "1", "name": "f"}],
        [SYSTEM | {"role": "developer"}],
    ],
)
def test_calls_and_their_answers_come_back_as_they_were(messages: list[dict[str, Any]]) -> None:
    record = chat(USER, *messages, ASSISTANT)
    assert canonical_line(there_and_back(record)) == canonical_line(record)


@pytest.mark.parametrize(
    ("arguments", "back"),
    [
        ('{"a": "é"}', '{"a": "é"}'),
        ('{"a":1,"b":[true]}', '{"a": 1, "b": [true]}'),
        ('{"a": "\\u00e9"}', '{"a": "é"}'),
        ("not json", "not json"),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'),
        ('{"a": NaN}', '{"a": NaN}'),
        ('{"a": 1e999}', '{"a": 1e999}'),
        ('{"a": 1.50}', '{"a": 1.50}'),
        ("[1]", "[1]"),
        ("", ""),
    ],
)
def test_arguments_come_back_with_what_they_say_though_not_with_their_blanks(
    arguments: str, back: str
) -> None:
    call = CALL | {"function": {"name": "f", "arguments": arguments}}
    record = chat(USER, CALLING | {"tool_calls": [call]})
    [made] = there_and_back(record)["messages"][1]["tool_calls"]
    assert made["function"]["arguments"] == back


@pytest.mark.parametrize(
    "tools",
    [
        [],
        [TOOL],
        [TOOL, {"type": "custom", "custom": {"name": "sql"}}],
        [{"type": "function", "function": {"name": "f"}, "extra": 1}],
        [{"type": "function", "function": {"name": "f", "type": "odd"}}],
        [{"function": {"name": "f"}, "type": "function"}],
    ],
)
def test_tools_come_back_as_they_were(tools: list[dict[str, Any]]) -> None:
    record = chat(USER, ASSISTANT, tools=tools, parallel_tool_calls=True)
    assert canonical_line(there_and_back(record)) == canonical_line(record)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            {"role": "user", "content": [{"type": "text", "text": "x"}]},
            "has content in parts in its message 2; a turn is a text",
        ),
        (
            {"role": "assistant", "content": None, "refusal": "No."},
            "has no text in its message 2; a turn is a text",
        ),
        (
            CALLING | {"content": "Let me see."},
            "has a text beside its tool_calls in its message 2; a turn is one of the two",
        ),
        (CALLING | {"role": "user"}, "has tool_calls of the user in its message 2"),
        (
            CALLING | {"tool_calls": [CALL, {k: SECOND[k] for k in ("type", "function")}]},
            "has tool_calls with and without an id in its message 2",
        ),
        (
            CALLING | {"tool_calls": [CALL | {"index": 0}]},
            "has a call in its message 2 that is more than a function's name and arguments",
        ),
        (
            CALLING | {"tool_calls": [CALL | {"function": {"name": "f"}}]},
            "has a call in its message 2 that is more than a function's name and arguments",
        ),
        (USER | {"value": 1}, "has value in its message 2, which is a field of turns themselves"),
    ],
)
def test_what_a_turn_cannot_say_is_named(message: dict[str, Any], reason: str) -> None:
    assert refusal_of(chat(USER, message, ASSISTANT), Target.SHAREGPT) == reason


def test_an_answer_to_nothing_known_is_named_where_calls_have_ids() -> None:
    answer = {"role": "tool", "content": "-3"}
    assert refusal_of(chat(USER, CALLING, answer, ASSISTANT), Target.SHAREGPT) == (
        "has no tool_call_id in its message 3, after calls that have ids"
    )


def test_what_else_stands_in_the_input_of_a_pair_is_named() -> None:
    record = pair(USER)
    record["input"]["seed"] = 1
    assert refusal_of(record, Target.SHAREGPT) == (
        "has seed in its input, for which there is no place"
    )
