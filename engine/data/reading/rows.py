"""Rows as the readers give them, and how a piece of foreign text is shown to a person."""

from __future__ import annotations

from typing import Any, NamedTuple

EXCERPT_LENGTH = 120
"""The most characters of a row that a report shows."""

MAX_ROW_BYTES = 16 * 1024 * 1024
"""The longest line or cell that is read.

Sixteen MiB is millions of tokens, more than any trainer takes; the bound keeps a file without line
breaks, or with a quote that never closes, from filling the memory.
"""

_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


class BadRow(NamedTuple):
    """Why a row could not be read.

    Attributes:
        reason: what is wrong, as a clause ("is cut off …").
        excerpt: the row's beginning, safe to print.
    """

    reason: str
    excerpt: str


class Row(NamedTuple):
    """One row of a file.

    Attributes:
        line: where the row stands, from 1, in what the file's `place` says: the physical line on
            which it starts, or its number among the rows.
        value: its fields by column name, or what is wrong with it.
    """

    line: int
    value: dict[str, Any] | BadRow


def excerpt(text: str | bytes, limit: int = EXCERPT_LENGTH) -> str:
    """Return the beginning of foreign text in at most `limit` characters, safe to print.

    Whatever could move a cursor, turn the writing direction or hide (control characters, unpaired
    surrogates, zero-width characters, bytes that are not UTF-8) is shown as its escape.
    """
    # A UTF-8 character has four bytes at most, and escapes only make text longer.
    if isinstance(text, bytes):
        text = text[: 4 * (limit + 1)].decode("utf-8", "backslashreplace")
    shown = "".join(map(_visible, text[: limit + 1]))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def kind_of(value: object) -> str:
    """Name a JSON value's kind with its article, for a message."""
    return _KINDS.get(type(value), "null")


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
