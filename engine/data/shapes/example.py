"""What an example consists of, for whoever counts, cleans, checks or shows it.

A chat example is `{"messages": [...]}`, with `tools` and `parallel_tool_calls` (in older files
`functions`) where it has them. A preference example is `{"input": {"messages": [...]},
"preferred_output": [...], "non_preferred_output": [...]}`; what it has of tools stands in `input`.
Columns of the file that an example was made of and that its messages do not show stand beside these
keys, under their own names.

A prompt with its completion, `{"prompt": "...", "completion": "..."}`, is never stored: conversion
makes a chat of it. Whoever checks or counts a file as it stands meets it, though.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

Kind = Literal["chat", "preference"]
Record = dict[str, Any]
"""One example."""

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
"""The roles that a message may have; `function` is what `tool` was called in older files."""

CHAT_KEYS = ("messages", "tools", "parallel_tool_calls", "functions")
PREFERENCE_KEYS = ("input", "preferred_output", "non_preferred_output")
OWN_KEYS: dict[Kind, tuple[str, ...]] = {"chat": CHAT_KEYS, "preference": PREFERENCE_KEYS}
"""The keys that mean something in an example of each kind; all others are columns."""
COMPLETION_KEYS = ("prompt", "completion")
"""Those of a prompt with its completion, which is no kind that is stored."""


def kind_of(record: Record) -> Kind:
    """Tell a chat example from a preference example."""
    return "chat" if "messages" in record else "preference"


def is_completion(record: Record) -> bool:
    """Tell whether an example, as a file has it, is a prompt with its completion."""
    return "messages" not in record and "input" not in record


def messages_of(record: Record) -> list[dict[str, Any]]:
    """Return every message, in reading order; a preference example's preferred answer first.

    A prompt is what the user says, its completion what the assistant does.
    """
    if "messages" in record:
        messages: list[dict[str, Any]] = record["messages"]
        return messages
    if is_completion(record):
        return [
            {"role": "user", "content": record["prompt"]},
            {"role": "assistant", "content": record["completion"]},
        ]
    return [
        *record["input"]["messages"],
        *record["preferred_output"],
        *record["non_preferred_output"],
    ]


def columns_of(record: Record) -> dict[str, Any]:
    """Return the columns that stand beside the example's own keys."""
    own = OWN_KEYS[kind_of(record)]
    return {key: value for key, value in record.items() if key not in own}


def texts_of(message: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a message: its content, or the text parts of it."""
    content = message.get("content")
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield part["text"]


def with_texts(record: Record, change: Callable[[str], str]) -> Record:
    """Return the example with every text changed; the very same object if none was.

    What tools are called with is left alone: it is code, not prose.
    """
    if "messages" in record:
        changed = _changed_messages(record["messages"], change)
        return record if changed is None else record | {"messages": changed}
    parts = {
        "input": _changed_messages(record["input"]["messages"], change),
        "preferred_output": _changed_messages(record["preferred_output"], change),
        "non_preferred_output": _changed_messages(record["non_preferred_output"], change),
    }
    found = {key: value for key, value in parts.items() if value is not None}
    if "input" in found:
        found["input"] = record["input"] | {"messages": found["input"]}
    return record | found if found else record


def _changed_messages(
    messages: list[dict[str, Any]], change: Callable[[str], str]
) -> list[dict[str, Any]] | None:
    """Return the messages with their texts changed, None if that changed nothing."""
    changed = [_changed(message, change) for message in messages]
    same = all(new is old for new, old in zip(changed, messages, strict=True))
    return None if same else changed


def _changed(message: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    content = message.get("content")
    if isinstance(content, str):
        new = change(content)
        return message if new == content else message | {"content": new}
    if not isinstance(content, list):
        return message
    parts = [
        part | {"text": change(part["text"])} if isinstance(part.get("text"), str) else part
        for part in content
    ]
    return message if parts == content else message | {"content": parts}
