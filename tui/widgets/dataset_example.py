"""An example as text: its messages by role, then what stands beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from tui.ink import Ink, Line
from tui.wrapping import wrap

_WIDEST = 100  # longer lines are hard to follow
_INDENT = 2
_MOST_CHARACTERS = 200_000
_INKS: dict[str, Ink] = {
    "system": "third",
    "developer": "third",
    "user": "first",
    "assistant": "fourth",
    "tool": "second",
    "function": "second",
}


def example_lines(record: Mapping[str, Any], width: int) -> list[Line]:
    """Return an example in lines of so many cells."""
    room = min(width, _WIDEST)
    lines: list[Line] = []
    for title, messages in _parts(record):
        if title:
            lines += [_rule(title, room, "faint"), []]
        for message in messages:
            lines += _message(message, room)
    for name in ("tools", "functions", "parallel_tool_calls"):
        if name in record:
            lines += [_rule(name, room, "faint"), *_indented(as_json(record[name]), room), []]
    if columns := _columns(record):
        lines.append(_rule("columns", room, "faint"))
        for name, value in columns.items():
            text = value if isinstance(value, str) else as_json(value)
            lines += _named(name, text, room)
    return lines


def raw_lines(line: bytes, width: int) -> list[Line]:
    """Return an example as it is stored: its JSON, unfolded."""
    try:
        text = json.dumps(json.loads(line), indent=2, ensure_ascii=False)
    except ValueError:
        text = line.decode("utf-8", "replace")
    return [[(part, "plain")] for part in wrap(_cut(text), width)]


def _parts(record: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    if "messages" in record:
        yield "", record["messages"]
        return
    yield "", record.get("input", {}).get("messages", ())
    yield "preferred answer", record.get("preferred_output", ())
    yield "other answer", record.get("non_preferred_output", ())


def _message(message: Mapping[str, Any], room: int) -> list[Line]:
    role = str(message.get("role"))
    lines: list[Line] = [_rule(role, room, _INKS.get(role, "warn"))]
    content = message.get("content")
    if isinstance(content, str):
        lines += _indented(content, room)
    elif isinstance(content, list):
        for part in content:
            is_text = isinstance(part, dict) and isinstance(part.get("text"), str)
            lines += _indented(part["text"] if is_text else as_json(part), room)
    elif content is not None:
        lines += _indented(as_json(content), room)
    for name, value in message.items():
        if name not in ("role", "content"):
            lines += _named(name, value if isinstance(value, str) else as_json(value), room)
    return [*lines, []]


def _rule(title: str, room: int, ink: Ink) -> Line:
    return [
        ("── ", "faint"),
        (title, ink),
        (" " + "─" * max(0, room - cell_len(title) - 4), "faint"),
    ]


def _named(name: str, text: str, room: int) -> list[Line]:
    if "\n" not in text and cell_len(name) + cell_len(text) + 4 <= room:
        return [[(" " * _INDENT, "plain"), (f"{name}: ", "dim"), (text, "plain")]]
    return [[(" " * _INDENT, "plain"), (f"{name}:", "dim")], *_indented(text, room)]


def _indented(text: str, room: int) -> list[Line]:
    return [
        [(" " * _INDENT, "plain"), (part, "plain")] for part in wrap(_cut(text), room - _INDENT)
    ]


def _cut(text: str) -> str:
    more = len(text) - _MOST_CHARACTERS
    return text if more <= 0 else f"{text[:_MOST_CHARACTERS]}\n… {more:,} more characters"


def _columns(record: Mapping[str, Any]) -> dict[str, Any]:
    from engine.data.shapes.example import columns_of

    return columns_of(dict(record))


def as_json(value: object) -> str:
    """Return a value as indented JSON; arguments of calls, which are JSON in a text, unfolded."""
    return json.dumps(value, ensure_ascii=False, indent=2)
