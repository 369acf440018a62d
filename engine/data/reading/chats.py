"""Chats that an object of JSON holds as a text of JSON, where the list itself is meant.

Elsewhere JSON in a text is what a model is to read or write, or a tool's arguments, and stays one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from engine.data.reading.cellvalues import is_chat, unpacked
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import Row

_CHATS = (
    *("messages", "conversations", "preferred_output", "non_preferred_output"),
    *("chosen", "rejected"),
)


def chats_in_texts(rows: Sequence[dict[str, Any]], texts: Collection[str]) -> tuple[str, ...]:
    """Return the fields that hold chats, or the tools to them, as texts.

    There are none where some row has its chat as a list: a text beside that is no chat of the
    example's.

    Args:
        rows: the first rows of a file.
        texts: fields that are to stay texts.
    """
    if any(isinstance(row.get(name), list) for row in rows for name in _CHATS):
        return ()
    chats = [name for name in _CHATS if name not in texts and _are_chats(rows, name)]
    if not chats:
        return ()
    beside = ("input", "tools") if "preferred_output" in chats else ("tools",)
    return (*chats, *(name for name in beside if name not in texts))


def with_chats(rows: Iterator[Row], names: Collection[str], repairs: Repairs) -> Iterator[Row]:
    """Give rows with what the texts in some of their fields say.

    Args:
        rows: the rows.
        names: the fields; a text that is no JSON stays one.
        repairs: notes the rows in which something was unpacked.
    """
    for row in rows:
        if isinstance(row.value, dict):
            for name in names:
                text = row.value.get(name)
                found = unpacked(text) if isinstance(text, str) else None
                if found is not None:
                    row.value[name] = found.value
                    repairs.note(row.line, [f"text of JSON in '{name}' unpacked"])
        yield row


def _are_chats(rows: Sequence[dict[str, Any]], name: str) -> bool:
    """Tell whether most texts of a field are chats: some may be broken."""
    cells = [text for row in rows if isinstance(text := row.get(name), str)]
    found = [unpacked(text) for text in cells]
    chats = sum(value is not None and is_chat(value.value) for value in found)
    return chats > len(found) / 2
