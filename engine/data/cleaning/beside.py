"""What an example says beside its contents: names, refusals, tools, their calls, and columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from engine.data.cleaning.places import SAID_BESIDE, TOOLS, is_plain, labelled
from engine.data.shapes.example import Record, columns_of

Edit = Callable[[str], str]
"""What makes a new text of a text."""

_MESSAGES = ("messages", "preferred_output", "non_preferred_output")


def with_others(record: Record, change: Edit) -> Record:
    """Return the example with every text beside its contents changed; see `placed_others`.

    Texts within JSON are changed so that it stays JSON. Numbers are shown to `change` as texts and
    become one if it changes them. The very same object comes back if nothing changed.
    """
    if record.keys() == {"messages"} and all(map(is_plain, record["messages"])):
        return record
    changed = _holder(record, change)
    if "messages" not in record:
        changed["input"] = _holder(record["input"], change)
    for name, value in columns_of(record).items():
        changed[name] = _value(value, name, change)
    return record if changed == record else changed


def _holder(holder: dict[str, Any], change: Edit) -> dict[str, Any]:
    """Return what holds messages and tools with both changed."""
    changed = dict(holder)
    for key in _MESSAGES:
        if key in holder:
            changed[key] = [_message(message, change) for message in holder[key]]
    for key in TOOLS:
        if key in holder:
            changed[key] = _value(holder[key], key, change)
    return changed


def _message(message: dict[str, Any], change: Edit) -> dict[str, Any]:
    if is_plain(message):
        return message
    changed = dict(message)
    for key in SAID_BESIDE:
        if isinstance(message.get(key), str):
            changed[key] = change(message[key])
    if isinstance(message.get("content"), list):
        changed["content"] = [_part(part, change) for part in message["content"]]
    if message.get("tool_calls"):
        changed["tool_calls"] = [_call(call, change) for call in message["tool_calls"]]
    if message.get("function_call"):
        changed["function_call"] = _function(message["function_call"], change)
    return changed


def _part(part: dict[str, Any], change: Edit) -> dict[str, Any]:
    refusal = part.get("refusal")
    return part | {"refusal": change(refusal)} if isinstance(refusal, str) else part


def _call(call: dict[str, Any], change: Edit) -> dict[str, Any]:
    return call | {"function": _function(call["function"], change)} if "function" in call else call


def _function(function: dict[str, Any], change: Edit) -> dict[str, Any]:
    if not isinstance(function.get("arguments"), str):
        return function
    return function | {"arguments": _arguments(function["arguments"], change)}


def _arguments(text: str, change: Edit) -> str:
    try:
        value = json.loads(text)
        changed = _value(value, "", change)
    except (ValueError, RecursionError):
        return change(text)
    return text if changed == value else json.dumps(changed, ensure_ascii=False)


def _value(value: object, label: str, change: Edit) -> object:
    if isinstance(value, dict):
        return {key: _value(inner, key, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, label, change) for inner in value]
    if isinstance(value, str):
        return _changed(value, label, change)
    if isinstance(value, int) and not isinstance(value, bool):
        written = str(value)
        changed = _changed(written, label, change)
        return value if changed == written else changed
    return value


def _changed(text: str, label: str, change: Edit) -> str:
    """Return a text changed as it stands after its key, which stays as it is."""
    before = labelled(label)
    changed = change(before + text)
    return changed.removeprefix(before) if changed.startswith(before) else change(text)
