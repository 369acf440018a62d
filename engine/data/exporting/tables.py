"""Examples as rows of a table: flat ones of texts, or nested ones with lists of messages."""

from __future__ import annotations

import json
from typing import Any

from engine.data.errors import RowError
from engine.data.exporting.beside import with_columns
from engine.data.exporting.plain import one_exchange, plain_pair
from engine.data.reading.rows import excerpt
from engine.data.reading.rows import kind_of as json_kind_of
from engine.data.shapes.example import CHAT_KEYS, Record, columns_of, kind_of

_TEXTS = frozenset({"role", "name", "refusal", "tool_call_id"})
_CALL_KEYS = frozenset({"id", "type", "function"})
_FUNCTION_KEYS = frozenset({"name", "arguments"})
_PLAIN_MESSAGE_LENGTH = 2


def flat_row(record: Record, columns: bool) -> dict[str, Any]:
    """Return one question and its answer, or the two answers of a pair, as cells of texts.

    Columns that are no texts are written as JSON; null is an empty cell.

    Raises:
        RowError: naming what the example has beyond texts.
    """
    if kind_of(record) == "preference":
        system, prompt, chosen, rejected = plain_pair(record)
        row: dict[str, Any] = {"prompt": prompt, "chosen": chosen, "rejected": rejected}
    else:
        system, prompt, completion = one_exchange(record)
        row = {"prompt": prompt, "completion": completion}
    if system is not None:
        row = {"system": system} | row
    if columns:
        row = with_columns(row, record)
    return {key: _cell(value) for key, value in row.items()}


def nested_row(record: Record, columns: bool) -> dict[str, Any]:
    """Return `messages`, or `prompt`, `chosen` and `rejected`, as lists of messages.

    Tools are a JSON text: their parameters differ in form from one to the next, which a table's
    column cannot.

    Raises:
        RowError: naming what the messages have that a table's column cannot hold.
    """
    if kind_of(record) == "chat":
        row: dict[str, Any] = {"messages": _held(record["messages"], "messages")}
        row |= _settings(record)
        return row | columns_of(record) if columns else row
    given = record["input"]
    if unknown := sorted(given.keys() - set(CHAT_KEYS)):
        raise RowError(f"has '{excerpt(unknown[0], 40)}' in its input, for which there is no place")
    row = {
        "prompt": _held(given["messages"], "input.messages"),
        "chosen": _held(record["preferred_output"], "preferred_output"),
        "rejected": _held(record["non_preferred_output"], "non_preferred_output"),
    }
    row |= _settings(given)
    return with_columns(row, record) if columns else row


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        key: json.dumps(given[key], ensure_ascii=False)
        for key in ("tools", "functions")
        if key in given
    }
    if "parallel_tool_calls" in given:
        settings["parallel_tool_calls"] = given["parallel_tool_calls"]
    return settings


def _held(messages: list[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """Return the messages if a column whose fields have one kind each can hold them."""
    for number, message in enumerate(messages):
        content = message["content"]
        if not isinstance(content, str) and content is not None:
            raise RowError(
                f"has {json_kind_of(content)} in {place}[{number}].content, where a table's column "
                "holds texts"
            )
        if len(message) > _PLAIN_MESSAGE_LENGTH:
            for key, value in message.items():
                if key != "content" and not _holds(key, value):
                    raise RowError(
                        f"has {json_kind_of(value)} in {place}[{number}].{excerpt(key, 40)}, for "
                        "which a table's column has no place"
                    )
    return messages


def _holds(key: str, value: object) -> bool:
    if key in _TEXTS:
        return isinstance(value, str)
    if key == "weight":
        return isinstance(value, int | float)
    if key == "function_call":
        return isinstance(value, dict) and value.keys() == _FUNCTION_KEYS
    return key == "tool_calls" and isinstance(value, list) and all(map(_is_usual_call, value))


def _is_usual_call(call: dict[str, Any]) -> bool:
    if call.keys() - _CALL_KEYS or "function" not in call:
        return False
    return bool(call["function"].keys() == _FUNCTION_KEYS)
