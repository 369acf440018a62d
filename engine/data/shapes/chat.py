"""OpenAI's chat format: `{"messages": [...]}`, with the tools that the assistant may call."""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.calls import checked_tools
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import CHAT_KEYS, Record
from engine.data.shapes.fields import is_empty, kind_in
from engine.data.shapes.messages import Message, checked_messages, require_answer


def from_chat(row: dict[str, Any]) -> Record:
    """Check a row of chat `messages` and put its keys in order; everything in it is kept.

    Raises:
        RowError: naming the field that is wrong.
    """
    messages = checked_messages(row["messages"], "messages")
    require_answer(messages, "messages")
    if len(row) == 1:
        return {"messages": messages}
    return with_columns(chat_example(messages, row), row, CHAT_KEYS)


def chat_example(messages: list[Message], row: dict[str, Any]) -> Record:
    """Return an example of these messages with what the row says of tools.

    Raises:
        RowError: if `tools`, `functions` or `parallel_tool_calls` hold something else.
    """
    return {"messages": messages} | tool_settings(row)


def tool_settings(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says of tools; a field that is null or an empty text says nothing.

    Raises:
        RowError: if `tools`, `functions` or `parallel_tool_calls` hold something else.
    """
    said: dict[str, Any] = {}
    for name in ("tools", "functions"):
        if row.get(name) not in (None, ""):
            said[name] = checked_tools(row, name)
    if not is_empty(parallel := row.get("parallel_tool_calls")):
        if not isinstance(parallel, bool):
            kind = kind_in(row, "parallel_tool_calls")
            raise RowError(f"has {kind} in parallel_tool_calls, not true or false")
        said["parallel_tool_calls"] = parallel
    return said
