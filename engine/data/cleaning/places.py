"""Where in an example its texts stand, in words that a person finds them by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.data.shapes.example import Record

_PREFERENCE_ANSWERS = ("preferred_output", "non_preferred_output")


def placed_texts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield every text that `engine.data.shapes.example.with_texts` changes, with its place.

    Places are written as "messages[1].content", "messages[0].content[2].text" and
    "preferred_output[0].content"; order and number are the same before and after a change.
    """
    for place, message in placed_messages(record):
        content = message.get("content")
        if isinstance(content, str):
            yield f"{place}.content", content
        elif isinstance(content, list):
            for number, part in enumerate(content):
                if isinstance(part.get("text"), str):
                    yield f"{place}.content[{number}].text", part["text"]


def placed_arguments(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what tools are called with, with its place ("messages[1].tool_calls[0].function…")."""
    for place, message in placed_messages(record):
        for number, call in enumerate(message.get("tool_calls") or ()):
            yield from _arguments(f"{place}.tool_calls[{number}].function", call.get("function"))
        yield from _arguments(f"{place}.function_call", message.get("function_call"))


def placed_messages(record: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every message with its place, in reading order."""
    if "messages" in record:
        yield from _placed("messages", record["messages"])
        return
    yield from _placed("input.messages", record["input"]["messages"])
    for name in _PREFERENCE_ANSWERS:
        yield from _placed(name, record[name])


def _placed(name: str, messages: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, message in enumerate(messages):
        yield f"{name}[{number}]", message


def _arguments(place: str, function: object) -> Iterator[tuple[str, str]]:
    if isinstance(function, dict) and isinstance(function.get("arguments"), str):
        yield f"{place}.arguments", function["arguments"]
