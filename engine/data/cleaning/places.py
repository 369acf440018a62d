"""Where in an example its texts stand, in words that a person finds them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.data.shapes.example import COMPLETION_KEYS, Record, is_completion

_PREFERENCE_ANSWERS = ("preferred_output", "non_preferred_output")
_PLAIN_KEYS = 2
TOOLS = ("tools", "functions")
SAID_BESIDE = ("name", "refusal")
"""What a message may say beside its content."""


def placed_texts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield every text that `engine.data.shapes.example.with_texts` changes, with its place.

    Places are written as "messages[1].content", "messages[0].content[2].text" and
    "preferred_output[0].content"; order and number are the same before and after a change. A
    prompt and its completion, which are never changed, are called so.
    """
    if is_completion(record):
        yield from ((key, record[key]) for key in COMPLETION_KEYS)
        return
    for place, message in placed_messages(record):
        content = message.get("content")
        if isinstance(content, str):
            yield f"{place}.content", content
        elif isinstance(content, list):
            for number, part in enumerate(content):
                if isinstance(part.get("text"), str):
                    yield f"{place}.content[{number}].text", part["text"]


def placed_others(record: Record, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every text that `engine.data.cleaning.beside.with_others` changes, with its place.

    They are names, refusals, the tools and what they are called with, and the columns. What has a
    key in JSON has it before it: a number tells more with the word "phone" before it.
    """
    if not is_completion(record):
        for place, message in placed_messages(record):
            if not is_plain(message):
                yield from _beside_content(place, message)
        place, holder = ("", record) if "messages" in record else ("input.", record["input"])
        for key in TOOLS:
            yield from _within(holder.get(key), place + key, key)
    for name, value in columns.items():
        yield from _within(value, f"column {name}", name)


def labelled(label: str) -> str:
    """Return what stands before a text that has a key."""
    return f"{label}: "


def is_plain(message: dict[str, Any]) -> bool:
    """Tell whether a message is a role and a text, and nothing else could stand in it."""
    return len(message) == _PLAIN_KEYS and isinstance(message.get("content"), str)


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


def _beside_content(place: str, message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in SAID_BESIDE:
        if isinstance(message.get(key), str):
            yield f"{place}.{key}", message[key]
    content = message.get("content")
    for number, part in enumerate(content if isinstance(content, list) else ()):
        if isinstance(part.get("refusal"), str):
            yield f"{place}.content[{number}].refusal", part["refusal"]
    for number, call in enumerate(message.get("tool_calls") or ()):
        yield from _arguments(f"{place}.tool_calls[{number}].function", call.get("function"))
    yield from _arguments(f"{place}.function_call", message.get("function_call"))


def _arguments(place: str, function: object) -> Iterator[tuple[str, str]]:
    if isinstance(function, dict) and isinstance(function.get("arguments"), str):
        yield f"{place}.arguments", function["arguments"]


def _within(value: object, place: str, label: str) -> Iterator[tuple[str, str]]:
    """Yield the texts and whole numbers in a value of JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _within(inner, f"{place}.{key}", key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _within(inner, f"{place}[{number}]", label)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield place, f"{labelled(label)}{value}"
