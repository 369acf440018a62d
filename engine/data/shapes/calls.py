"""The calls of tools in a message, and the tools that an example offers."""

from __future__ import annotations

import json
from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.canonical import require_json
from engine.data.shapes.fields import named_kind, parsed, require_text

_CALL_KEYS = ("id", "type", "function")
_FUNCTION_KEYS = ("name", "arguments")


def checked_calls(calls: object, place: str) -> list[dict[str, Any]]:
    """Return the `tool_calls` of a message with their keys in order.

    Raises:
        RowError: naming the field that is wrong.
    """
    if not isinstance(calls, list):
        raise RowError(f"has {named_kind(calls)} in {place}, not a list")
    return [_checked_tool_call(call, f"{place}[{n}]") for n, call in enumerate(calls)]


def checked_call(call: object, place: str) -> dict[str, Any]:
    """Return a `function_call`, or the `function` of a tool call: its name and its arguments.

    Arguments that are an object (as Hugging Face keeps them) are written as JSON text.

    Raises:
        RowError: naming the field that is wrong.
    """
    function = _object(call, place)
    checked: dict[str, Any] = {"name": require_text(function, "name", f"{place}.name")}
    arguments = function.get("arguments")
    where = f"{place}.arguments"
    if isinstance(arguments, dict):
        require_json(arguments, where)
        checked["arguments"] = json.dumps(arguments, ensure_ascii=False)
    else:
        checked["arguments"] = require_text(function, "arguments", where)
    return checked | _others(function, _FUNCTION_KEYS, place)


def checked_tools(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the `tools` (or `functions`) that an example offers; deeper keys keep their order.

    A JSON text of the list, as tables keep it, is read.

    Raises:
        RowError: if it is no list of objects, or holds what JSON has not.
    """
    tools = row[name]
    if isinstance(tools, str):
        tools = parsed(tools, name)
    if not isinstance(tools, list):
        raise RowError(f"has {named_kind(tools)} in {name}, not a list")
    for number, tool in enumerate(tools):
        _object(tool, f"{name}[{number}]")
    require_json(tools, name)
    return tools


def _checked_tool_call(call: object, place: str) -> dict[str, Any]:
    given = _object(call, place)
    checked: dict[str, Any] = {}
    for key in ("id", "type"):
        if given.get(key) is not None:
            checked[key] = require_text(given, key, f"{place}.{key}")
    # A custom tool is called with a text of its own form, not with a function's arguments.
    if checked.get("type", "function") == "function":
        if "function" not in given:
            raise RowError(f"has nothing in {place}.function")
        checked["function"] = checked_call(given["function"], f"{place}.function")
    return checked | _others(given, (*checked, *_CALL_KEYS[:2]), place)


def _others(mapping: dict[str, Any], known: tuple[str, ...], place: str) -> dict[str, Any]:
    """Return the fields that are not known, by name, less those that are null."""
    others = {}
    for key in sorted(mapping.keys() - set(known)):
        require_json(mapping[key], f"{place}.{key}")
        if mapping[key] is not None:
            others[key] = mapping[key]
    return others


def _object(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RowError(f"has {named_kind(value)} in {place}, not an object")
    return value
