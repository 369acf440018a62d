"""What the simple shapes come to: one question, one answer, and a system prompt at most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.data.shapes.example import Record
from engine.data.shapes.fields import is_empty, text_or_none

SYSTEM_COLUMNS = ("system", "system_prompt")
"""The columns in which tables keep a system prompt; the first that holds one counts."""


def exchange(prompt: str, completion: str, system: str | None = None) -> Record:
    """Return an example of a user's message and the assistant's, after a system message if any."""
    messages = [
        {"role": "user", "content": prompt},
        {"role": "assistant", "content": completion},
    ]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    return {"messages": messages}


def system_of(row: dict[str, Any]) -> str | None:
    """Return the row's own system prompt, None if it has none.

    Raises:
        RowError: if it is no text.
    """
    return next(filter(None, (text_or_none(row, name) for name in SYSTEM_COLUMNS)), None)


def shown_system(row: dict[str, Any]) -> list[str]:
    """Return the columns of system prompts that need not be kept: the shown one and empty ones."""
    shown = next((name for name in SYSTEM_COLUMNS if not is_empty(row.get(name))), None)
    return [name for name in SYSTEM_COLUMNS if name == shown or is_empty(row.get(name))]


def empty_columns(row: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Return those of a shape's optional fields that are empty: as good as not there."""
    return [name for name in names if is_empty(row.get(name))]
