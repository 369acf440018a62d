"""What is wrong with the tools of an example, the calls of them, and the answers to these."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from engine.data.checking.contents import Message, function_name
from engine.data.checking.rules import Problem, shown
from engine.data.reading.rows import excerpt, kind_of


def tools_problems(source: dict[str, Any], place: str = "") -> Iterator[Problem]:
    """Yield what is wrong with the `tools` and `parallel_tool_calls` of an example.

    Args:
        source: where they stand: the row, or a preference example's `input`.
        place: where that is ("input." or nothing).
    """
    if source.get("functions") is not None:
        yield Problem("deprecated-functions", f"{place}functions", "Tools are called tools today")
    tools = source.get("tools")
    if tools is not None:
        yield from _tools(tools, f"{place}tools")
    parallel = source.get("parallel_tool_calls")
    where = f"{place}parallel_tool_calls"
    if parallel is None:
        return
    if not isinstance(parallel, bool):
        yield Problem("invalid-tools", where, f"This is {kind_of(parallel)}, not true or false")
    elif tools is None:
        # OpenAI's own preference examples have an empty list beside it.
        yield Problem("invalid-tools", where, "This only goes with tools")


def call_problems(
    messages: list[Message], source: dict[str, Any], place: str = "messages"
) -> Iterator[Problem]:
    """Yield what is wrong with the calls in a conversation and the answers to them.

    Args:
        messages: objects, be they well formed or not.
        source: where the `tools` stand.
        place: where the messages stand.
    """
    tools, functions = _names(source.get("tools")), _functions(source.get("functions"))
    waiting: dict[str, str] = {}
    for number, message in enumerate(messages):
        where = f"{place}[{number}]"
        role = message.get("role")
        if role == "tool":
            yield from _answer(message, waiting, where)
            continue
        yield from _unanswered(waiting)
        waiting.clear()
        if role != "assistant":
            continue
        if message.get("function_call") is not None:
            yield from _function(message["function_call"], functions, f"{where}.function_call")
        if message.get("tool_calls") is not None:
            yield from _calls(message["tool_calls"], tools, f"{where}.tool_calls", waiting)
    # An example may end with a call; but when one of several is answered, all are.
    if messages and messages[-1].get("role") == "tool":
        yield from _unanswered(waiting)


def _tools(tools: object, place: str) -> Iterator[Problem]:
    if not isinstance(tools, list):
        yield Problem(
            "invalid-tools", place, f"Tools are a list, not {kind_of(tools)}", shown(tools)
        )
        return
    seen: set[str] = set()
    for number, tool in enumerate(tools):
        where = f"{place}[{number}]"
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or tool.get("type") != "function":
            yield Problem(
                "invalid-tools",
                where,
                'A tool is an object of the type "function", with the function in it',
                shown(tool),
            )
            continue
        name = function.get("name")
        yield from function_name(name, f"{where}.function.name")
        if isinstance(name, str) and name in seen:
            yield Problem("invalid-tools", where, "There is a tool of this name already", name)
        seen.add(str(name))
        parameters = function.get("parameters")
        if parameters is not None and not isinstance(parameters, dict):
            yield Problem(
                "invalid-tools",
                f"{where}.function.parameters",
                f"Parameters are a JSON schema, not {kind_of(parameters)}",
                shown(parameters),
            )


def _calls(
    calls: object, tools: list[str], place: str, waiting: dict[str, str]
) -> Iterator[Problem]:
    if not isinstance(calls, list) or not calls:
        what = "empty" if calls == [] else kind_of(calls)
        yield Problem("invalid-tool-call", place, f"The list of tool calls is {what}", shown(calls))
        return
    for number, call in enumerate(calls):
        where = f"{place}[{number}]"
        if not isinstance(call, dict):
            yield Problem(
                "invalid-tool-call", where, f"This is {kind_of(call)}, not a call", shown(call)
            )
            continue
        yield from _id(call, waiting, where)
        if call.get("type") != "function":
            yield Problem(
                "invalid-tool-call",
                f"{where}.type",
                'The type is "function"',
                shown(call.get("type")),
            )
        yield from _function(call.get("function"), tools, f"{where}.function")


def _id(call: dict[str, Any], waiting: dict[str, str], place: str) -> Iterator[Problem]:
    identity = call.get("id")
    if not isinstance(identity, str) or not identity:
        said = "" if identity is None else shown(identity)
        yield Problem("tool-call-without-id", place, "The call has no id that is a text", said)
    elif identity in waiting:
        yield Problem("tool-call-without-id", place, "Another call has the same id", identity)
    else:
        waiting[identity] = place


def _function(function: object, known: list[str], place: str) -> Iterator[Problem]:
    if not isinstance(function, dict):
        yield Problem(
            "invalid-tool-call", place, f"The function is {kind_of(function)}, not an object"
        )
        return
    name = function.get("name")
    if not isinstance(name, str) or not name:
        yield Problem("invalid-tool-call", f"{place}.name", "The function has no name")
    elif name not in known:
        yield _unknown_tool(name, known, f"{place}.name")
    yield from _arguments(function.get("arguments"), f"{place}.arguments")


def _unknown_tool(name: str, known: list[str], place: str) -> Problem:
    if not known:
        hint = "has no tools"
    else:
        likely = get_close_matches(name, known, n=1)
        hint = f"has {excerpt(', '.join(likely or known), 60)} instead"
    return Problem(
        "tool-call-unknown-tool",
        place,
        f"'{excerpt(name, 64)}' is called, but the example {hint}",
        name,
    )


def _arguments(arguments: object, place: str) -> Iterator[Problem]:
    if not isinstance(arguments, str):
        yield Problem(
            "tool-call-arguments",
            place,
            f"The arguments are {kind_of(arguments)}; they are a JSON object written as a text",
            "" if arguments is None else shown(arguments),
        )
        return
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        yield Problem("tool-call-arguments", place, "The arguments are not valid JSON", arguments)
        return
    if not isinstance(value, dict):
        yield Problem(
            "tool-call-arguments",
            place,
            f"The arguments are {kind_of(value)}, not a JSON object",
            arguments,
        )


def _answer(message: Message, waiting: dict[str, str], place: str) -> Iterator[Problem]:
    identity = message.get("tool_call_id")
    if isinstance(identity, str) and identity in waiting:
        del waiting[identity]
        return
    if identity is None:
        said = "The tool message has no tool_call_id"
    else:
        said = f"No call before it has the id '{excerpt(shown(identity), 40)}'"
    yield Problem("tool-message-without-call", place, said)


def _unanswered(waiting: dict[str, str]) -> Iterator[Problem]:
    for identity, place in waiting.items():
        yield Problem("tool-call-unanswered", place, "No tool message answers this call", identity)


def _names(tools: object) -> list[str]:
    if not isinstance(tools, list):
        return []
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)]
    return _functions(functions)


def _functions(functions: object) -> list[str]:
    if not isinstance(functions, list):
        return []
    names = [function.get("name") for function in functions if isinstance(function, dict)]
    return [name for name in names if isinstance(name, str)]
