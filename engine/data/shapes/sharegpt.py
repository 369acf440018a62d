"""ShareGPT's format: `conversations` of turns that each say who speaks (`from`) and what (`value`).

Source: the ShareGPT collections on Hugging Face; tools as LLaMA-Factory's data guide has them: the
turns `function_call` (a JSON text of name and arguments) and `observation`, and `tools` as a JSON
text of functions.
"""

from __future__ import annotations

from typing import Any

from engine.data.shapes.calls import checked_tools
from engine.data.shapes.chat import chat_example
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import CHAT_KEYS, Record
from engine.data.shapes.exchanges import SYSTEM_COLUMNS, empty_columns, shown_system, system_of
from engine.data.shapes.messages import Message, require_answer
from engine.data.shapes.turns import messages_of_turns

_TURNS = "conversations"


def from_sharegpt(row: dict[str, Any]) -> Record:
    """Turn a conversation into messages; a text in `system` is put before them if none is there.

    Raises:
        RowError: naming the field that is wrong.
    """
    messages = messages_of_turns(row[_TURNS], _TURNS)
    require_answer(messages, _TURNS)
    if len(row) == 1:
        return {"messages": messages}
    whole = with_system_column(messages, row)
    example = chat_example(whole, with_whole_tools(row))
    shown = (_TURNS, *CHAT_KEYS, *shown_before(messages, whole, row))
    return with_columns(example, row, shown)


def with_system_column(messages: list[Message], row: dict[str, Any]) -> list[Message]:
    """Return the messages after the row's own system prompt, unless they begin with one.

    Raises:
        RowError: if the system prompt is no text.
    """
    system = system_of(row)
    if not system or (messages and messages[0]["role"] in ("system", "developer")):
        return messages
    return [{"role": "system", "content": system}, *messages]


def shown_before(messages: list[Message], whole: list[Message], row: dict[str, Any]) -> list[str]:
    """Return the columns of system prompts that need not be kept beside `whole`.

    Args:
        messages: those of the row's conversation.
        whole: the same after `with_system_column`.
        row: the row.
    """
    if whole is messages:
        return empty_columns(row, SYSTEM_COLUMNS)
    return shown_system(row)


def with_whole_tools(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its tools as OpenAI has them, if they are the functions alone.

    Raises:
        RowError: if `tools` is no list of objects, nor the JSON text of one.
    """
    if row.get("tools") in (None, ""):
        return row
    return row | {"tools": [_whole(tool) for tool in checked_tools(row, "tools")]}


def _whole(tool: dict[str, Any]) -> dict[str, Any]:
    if "name" in tool and "function" not in tool and "type" not in tool:
        return {"type": "function", "function": tool}
    return tool
