"""Examples in ShareGPT's format: `conversations` of turns with `from` and `value`.

Tools are written as LLaMA-Factory reads them. What the format has no place for (names, weights, ids
of calls other than the numbered ones) stands in further fields of a turn, where readers that do not
know it pass over it.
"""

from __future__ import annotations

import json
from typing import Any

from engine.data.errors import RowError
from engine.data.exporting.beside import with_columns
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import Record, kind_of
from engine.data.shapes.fields import parsed
from engine.data.shapes.turns import CALL_IDS, CallIds

_SPEAKERS = {
    "system": "system",
    "developer": "developer",
    "user": "human",
    "assistant": "gpt",
    "tool": "observation",
    "function": "function",
}
_SETTINGS = ("parallel_tool_calls", "functions")
_CALL_KEYS = frozenset({"id", "type", "function"})
_FUNCTION_KEYS = frozenset({"name", "arguments"})
_WRITTEN_APART = frozenset({"role", "content", "tool_calls", "tool_call_id"})
_TURN_FIELDS = frozenset({"from", "value", CALL_IDS})


def row_of(record: Record, columns: bool) -> dict[str, Any]:
    """Return the example as conversations, a preference example with `chosen` and `rejected`.

    Arguments of tool calls become objects, so the blanks in their JSON text are not kept.

    Raises:
        RowError: naming what the example has that the shape cannot say.
    """
    calls = CallIds()
    if kind_of(record) == "chat":
        row: dict[str, Any] = {"conversations": _turns(record["messages"], calls)}
        row |= _settings(record)
        return with_columns(row, record) if columns else row
    given = record["input"]
    if unknown := sorted(given.keys() - {"messages", "tools", *_SETTINGS}):
        raise RowError(f"has {excerpt(unknown[0], 40)} in its input, for which there is no place")
    row = {"conversations": _turns(given["messages"], calls)}
    for name, key in (("chosen", "preferred_output"), ("rejected", "non_preferred_output")):
        turns = _turns(record[key], calls.copy())
        row[name] = turns[0] if len(turns) == 1 else turns
    row |= _settings(given)
    return with_columns(row, record) if columns else row


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of tools, the tools as a JSON text of functions."""
    settings = {key: given[key] for key in _SETTINGS if key in given}
    if "tools" in given:
        functions = [_bare(tool) for tool in given["tools"]]
        tools = given["tools"] if None in functions else functions
        settings["tools"] = json.dumps(tools, ensure_ascii=False)
    return settings


def _bare(tool: dict[str, Any]) -> dict[str, Any] | None:
    """Return the function that a tool is, if it is nothing more and is known again without."""
    function = tool.get("function")
    if list(tool) != ["type", "function"] or tool["type"] != "function":
        return None
    if not isinstance(function, dict) or "name" not in function:
        return None
    return None if {"type", "function"} & function.keys() else function


def _turns(messages: list[dict[str, Any]], calls: CallIds) -> list[dict[str, Any]]:
    return [_turn(message, f"its message {n}", calls) for n, message in enumerate(messages, 1)]


def _turn(message: dict[str, Any], place: str, calls: CallIds) -> dict[str, Any]:
    if clash := sorted(message.keys() & _TURN_FIELDS):
        raise RowError(f"has {clash[0]} in {place}, which is a field of turns themselves")
    is_calling = bool(message.get("tool_calls"))
    turn = _calling(message, place, calls) if is_calling else _saying(message, place)
    if message["role"] == "tool":
        turn |= _answering(message, place, calls)
    elif "tool_call_id" in message:
        turn["tool_call_id"] = message["tool_call_id"]
    return turn | {key: value for key, value in message.items() if key not in _WRITTEN_APART}


def _saying(message: dict[str, Any], place: str) -> dict[str, Any]:
    if not isinstance(message["content"], str):
        what = "content in parts" if message["content"] else "no text"
        raise RowError(f"has {what} in {place}; a turn is a text")
    turn: dict[str, Any] = {"from": _SPEAKERS[message["role"]], "value": message["content"]}
    if "tool_calls" in message:
        turn["tool_calls"] = message["tool_calls"]
    return turn


def _answering(message: dict[str, Any], place: str, calls: CallIds) -> dict[str, Any]:
    """Return the id of the call that is answered, unless it is the one that comes by itself."""
    given, expected = message.get("tool_call_id"), calls.next_answered()
    if given is None and expected is not None:
        raise RowError(f"has no tool_call_id in {place}, after calls that have ids")
    calls.answered(given)
    return {} if given == expected else {"tool_call_id": given}


def _calling(message: dict[str, Any], place: str, calls: CallIds) -> dict[str, Any]:
    if message["role"] != "assistant":
        raise RowError(f"has tool_calls of the {message['role']} in {place}")
    if message["content"] is not None:
        raise RowError(f"has a text beside its tool_calls in {place}; a turn is one of the two")
    functions = [_function(call, place) for call in message["tool_calls"]]
    value = functions[0] if len(functions) == 1 else functions
    turn: dict[str, Any] = {
        "from": "function_call",
        "value": json.dumps(value, ensure_ascii=False),
    }
    ids = [call["id"] for call in message["tool_calls"] if "id" in call]
    if len(ids) not in (0, len(functions)):
        raise RowError(f"has tool_calls with and without an id in {place}")
    if ids != calls.numbered(len(functions)):
        turn[CALL_IDS] = ids
    calls.called(ids)
    return turn


def _function(call: dict[str, Any], place: str) -> dict[str, Any]:
    if call.get("type") != "function" or call.keys() - _CALL_KEYS:
        raise RowError(f"has a call in {place} that is more than a function's name and arguments")
    function = call["function"]
    if function.keys() != _FUNCTION_KEYS:
        raise RowError(f"has a call in {place} that is more than a function's name and arguments")
    return {"name": function["name"], "arguments": _arguments(function["arguments"])}


def _arguments(text: str) -> object:
    """Return the object that arguments are, or the text if it says more than that object would."""
    try:
        value = parsed(text, "arguments")
    except RowError:
        return text
    if not isinstance(value, dict):
        return text
    ways = (
        json.dumps(value, ensure_ascii=ascii_only, separators=separators)
        for ascii_only in (False, True)
        for separators in ((", ", ": "), (",", ":"))
    )
    return value if text in ways else text
