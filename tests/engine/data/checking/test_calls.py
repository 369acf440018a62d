from __future__ import annotations

from typing import Any

import pytest

from tests.engine.data.checking.conftest import ANSWER, QUESTION, TOOLS, chat, found, said


def call(identity: object = "c1", kind: object = "function", **function: object) -> dict[str, Any]:
    """A call of the tool, with some of it changed."""
    called = {"name": "add", "arguments": '{"a": 1}', **function}
    return {"id": identity, "type": kind, "function": called}


def calling(*calls: object) -> dict[str, Any]:
    """A message that calls."""
    return {"role": "assistant", "content": None, "tool_calls": list(calls)}


def result(identity: str | None = "c1") -> dict[str, Any]:
    """A tool's answer."""
    return {"role": "tool", "tool_call_id": identity, "content": "2"}


FUNCTION_CALL = {"role": "assistant", "content": None, "function_call": call()["function"]}


@pytest.mark.parametrize(
    "row",
    [
        chat(QUESTION, calling(call()), result(), ANSWER, tools=TOOLS),
        chat(QUESTION, calling(call()), tools=TOOLS, parallel_tool_calls=False),
        chat(
            QUESTION,
            calling(call("a"), call("b")),
            result("b"),
            result("a"),
            ANSWER,
            tools=TOOLS,
        ),
        chat(QUESTION, {"role": "assistant", "tool_calls": [call()]}, tools=TOOLS),
        chat(QUESTION, calling(call()), result(), calling(call()), result(), ANSWER, tools=TOOLS),
    ],
)
def test_nothing_is_found_in_a_good_row(row: dict[str, Any]) -> None:
    assert found(row) == []


@pytest.mark.parametrize(
    ("row", "rule", "place"),
    [
        (
            chat(QUESTION, calling(call(None)), tools=TOOLS),
            "tool-call-without-id",
            "messages[1].tool_calls[0]",
        ),
        (
            chat(QUESTION, calling(call(), call()), tools=TOOLS),
            "tool-call-without-id",
            "messages[1].tool_calls[1]",
        ),
        (
            chat(QUESTION, calling(call(kind=None)), tools=TOOLS),
            "invalid-tool-call",
            "messages[1].tool_calls[0].type",
        ),
        (
            chat(QUESTION, calling("add"), tools=TOOLS),
            "invalid-tool-call",
            "messages[1].tool_calls[0]",
        ),
        (
            chat(QUESTION, ANSWER | {"tool_calls": "add"}, tools=TOOLS),
            "invalid-tool-call",
            "messages[1].tool_calls",
        ),
        (
            chat(QUESTION, ANSWER | {"tool_calls": []}, tools=TOOLS),
            "invalid-tool-call",
            "messages[1].tool_calls",
        ),
        (
            chat(QUESTION, calling({"id": "c1", "type": "function"}), tools=TOOLS),
            "invalid-tool-call",
            "messages[1].tool_calls[0].function",
        ),
        (
            chat(QUESTION, calling(call(name="")), tools=TOOLS),
            "invalid-tool-call",
            "messages[1].tool_calls[0].function.name",
        ),
        (
            chat(QUESTION, calling(call(name="ad")), tools=TOOLS),
            "tool-call-unknown-tool",
            "messages[1].tool_calls[0].function.name",
        ),
        (
            chat(QUESTION, calling(call())),
            "tool-call-unknown-tool",
            "messages[1].tool_calls[0].function.name",
        ),
        *[
            (
                chat(QUESTION, calling(call(arguments=arguments)), tools=TOOLS),
                "tool-call-arguments",
                "messages[1].tool_calls[0].function.arguments",
            )
            for arguments in ('{"a": ', "[1]", "", {"a": 1}, None, "[" * 100_000)
        ],
        (
            chat(QUESTION, calling(call()), result("c2"), result(), ANSWER, tools=TOOLS),
            "tool-message-without-call",
            "messages[2]",
        ),
        (
            chat(QUESTION, calling(call()), result(), result(), ANSWER, tools=TOOLS),
            "tool-message-without-call",
            "messages[3]",
        ),
        (
            chat(QUESTION, result(None), ANSWER),
            "tool-message-without-call",
            "messages[1]",
        ),
        (
            chat(QUESTION, calling(call()), QUESTION, ANSWER, tools=TOOLS),
            "tool-call-unanswered",
            "messages[1].tool_calls[0]",
        ),
        (
            chat(QUESTION, calling(call("a"), call("b")), result("a"), ANSWER, tools=TOOLS),
            "tool-call-unanswered",
            "messages[1].tool_calls[1]",
        ),
        (chat(QUESTION, ANSWER, tools={}), "invalid-tools", "tools"),
        (chat(QUESTION, ANSWER, tools=[{"name": "add"}]), "invalid-tools", "tools[0]"),
        (chat(QUESTION, ANSWER, tools=TOOLS * 2), "invalid-tools", "tools[1]"),
        (
            chat(
                QUESTION, ANSWER, tools=[{"type": "function", "function": {"name": "add numbers"}}]
            ),
            "invalid-tools",
            "tools[0].function.name",
        ),
        (
            chat(
                QUESTION,
                ANSWER,
                tools=[{"type": "function", "function": {"name": "add", "parameters": "a, b"}}],
            ),
            "invalid-tools",
            "tools[0].function.parameters",
        ),
        (chat(QUESTION, ANSWER, parallel_tool_calls=True), "invalid-tools", "parallel_tool_calls"),
        (
            chat(QUESTION, ANSWER, tools=TOOLS, parallel_tool_calls="yes"),
            "invalid-tools",
            "parallel_tool_calls",
        ),
    ],
)
def test_one_thing_is_found_where_it_is(row: dict[str, Any], rule: str, place: str) -> None:
    assert found(row) == [(rule, place)]


def test_calls_of_the_older_kind_are_checked_too() -> None:
    functions = [{"name": "add", "parameters": {}}]
    assert found(chat(QUESTION, FUNCTION_CALL, functions=functions)) == [
        ("deprecated-functions", "messages[1]"),
        ("deprecated-functions", "functions"),
    ]
    assert ("tool-call-unknown-tool", "messages[1].function_call.name") in found(
        chat(QUESTION, FUNCTION_CALL)
    )


def test_the_likeliest_tool_is_named() -> None:
    row = chat(QUESTION, calling(call(name="ad")), tools=TOOLS)
    assert said(row) == ["'ad' is called, but the example has add instead"]


def test_a_tool_may_give_nothing_back() -> None:
    row = chat(QUESTION, calling(call()), result() | {"content": ""}, ANSWER, tools=TOOLS)
    assert found(row) == [("blank-content", "messages[2].content")]
