"""Examples as OpenAI takes them for training: chat or preference, and nothing beside."""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import (
    CHAT_KEYS,
    OWN_KEYS,
    Record,
    kind_of,
    messages_of,
)

_MESSAGE_KEYS = frozenset(
    {
        "role",
        "content",
        "name",
        "weight",
        "refusal",
        "tool_calls",
        "tool_call_id",
        "function_call",
    }
)
_PLAIN_MESSAGE_LENGTH = 2


def row_of(record: Record, columns: bool) -> dict[str, Any]:
    """Return the example as it is, without its columns unless they are wished.

    Raises:
        RowError: if its messages or its input hold what OpenAI's format has not, and nothing
            beyond that format is wished.
    """
    if columns:
        return record
    for number, message in enumerate(messages_of(record)):
        if len(message) > _PLAIN_MESSAGE_LENGTH:
            _require_known(message, number)
    if "input" in record and "messages" not in record:
        _require_known_input(record["input"])
    own = OWN_KEYS[kind_of(record)]
    return {key: record[key] for key in own if key in record}


def _require_known(message: dict[str, Any], number: int) -> None:
    if unknown := sorted(message.keys() - _MESSAGE_KEYS):
        raise RowError(
            f"has '{excerpt(unknown[0], 40)}' in its message {number + 1}, which OpenAI's format "
            "has not"
        )


def _require_known_input(given: dict[str, Any]) -> None:
    if unknown := sorted(given.keys() - set(CHAT_KEYS)):
        raise RowError(
            f"has '{excerpt(unknown[0], 40)}' in its input, which OpenAI's format has not"
        )
