"""What is wrong with a chat example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from engine.data.checking.calls import call_problems, tools_problems
from engine.data.checking.contents import Message, message_problems
from engine.data.checking.order import conversation_order, weight_problems
from engine.data.checking.rules import Problem
from engine.data.checking.texts import text_problems
from engine.data.reading.rows import excerpt, kind_of
from engine.data.shapes.example import CHAT_KEYS


def chat_problems(row: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a row that should be `{"messages": [...]}`."""
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        yield _no_messages(row)
        return
    yield from list_problems(messages, "messages")
    yield from tools_problems(row)
    if are_objects(messages):
        yield from conversation_order([message.get("role") for message in messages])
        yield from weight_problems(messages, "messages")
        yield from call_problems(messages, row)
    yield from column_problems(row, CHAT_KEYS)


def list_problems(messages: list[Any], place: str) -> Iterator[Problem]:
    """Yield what is wrong with each message by itself, its texts included."""
    for number, message in enumerate(messages):
        where = f"{place}[{number}]"
        yield from message_problems(message, where)
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            yield from text_problems(content, f"{where}.content")
        elif isinstance(content, list):
            for part_number, part in enumerate(content):
                text = part.get("text") if isinstance(part, dict) else None
                if isinstance(text, str):
                    yield from text_problems(text, f"{where}.content[{part_number}].text")


def are_objects(messages: list[Any]) -> TypeGuard[list[Message]]:
    """Tell whether all messages are objects, so that one can ask for their roles."""
    return all(isinstance(message, dict) for message in messages)


def column_problems(row: dict[str, Any], own: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a note if a row has columns beside the example's own keys."""
    columns = [key for key in row if key not in own]
    if columns:
        listed = excerpt(", ".join(columns), 80)
        yield Problem(
            "unrecognized-key", "", f"Beside the example there is {listed}", ", ".join(columns)
        )


def _no_messages(row: dict[str, Any]) -> Problem:
    if "messages" not in row:
        listed = excerpt(", ".join(row), 80) or "nothing"
        said = f"There are no messages, but {listed}: 'ftlab data add' converts other formats"
    elif isinstance(row["messages"], list):
        said = "The list of messages is empty"
    else:
        said = f"The messages are {kind_of(row['messages'])}, not a list"
    return Problem("missing-messages-list", "messages", said)
