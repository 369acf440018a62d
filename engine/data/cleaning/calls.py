"""What tools are called with: texts within JSON, changed so that it stays JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine.data.cleaning.places import placed_arguments
from engine.data.shapes.example import Record

Edit = Callable[[str], str]
"""What makes a new text of a text."""


def with_arguments(record: Record, change: Edit) -> Record:
    """Return the example with every text in the arguments of its calls changed.

    Numbers are shown to `change` as texts and become one if it changes them. The very same object
    comes back if nothing changed.
    """
    if next(placed_arguments(record), None) is None:
        return record
    changed = (
        _with_messages(record, change) if "messages" in record else _preference(record, change)
    )
    return record if changed == record else changed


def _preference(record: Record, change: Edit) -> Record:
    return record | {
        "input": _with_messages(record["input"], change),
        "preferred_output": _messages(record["preferred_output"], change),
        "non_preferred_output": _messages(record["non_preferred_output"], change),
    }


def _with_messages(holder: dict[str, Any], change: Edit) -> dict[str, Any]:
    return holder | {"messages": _messages(holder["messages"], change)}


def _messages(messages: list[dict[str, Any]], change: Edit) -> list[dict[str, Any]]:
    return [_message(message, change) for message in messages]


def _message(message: dict[str, Any], change: Edit) -> dict[str, Any]:
    changed = dict(message)
    if message.get("tool_calls"):
        changed["tool_calls"] = [
            call | {"function": _function(call["function"], change)} if "function" in call else call
            for call in message["tool_calls"]
        ]
    if message.get("function_call"):
        changed["function_call"] = _function(message["function_call"], change)
    return changed


def _function(function: dict[str, Any], change: Edit) -> dict[str, Any]:
    if not isinstance(function.get("arguments"), str):
        return function
    return function | {"arguments": _arguments(function["arguments"], change)}


def _arguments(text: str, change: Edit) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return change(text)
    changed = _value(value, change)
    return text if changed == value else json.dumps(changed, ensure_ascii=False)


def _value(value: object, change: Edit) -> object:
    if isinstance(value, dict):
        return {key: _value(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, change) for inner in value]
    if isinstance(value, str):
        return change(value)
    if isinstance(value, int) and not isinstance(value, bool):
        written = str(value)
        changed = change(written)
        return value if changed == written else changed
    return value
