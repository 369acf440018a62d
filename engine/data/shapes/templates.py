"""Texts with `{column}` places that a row fills."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from engine.data.errors import DataError, RowError
from engine.data.reading.rows import excerpt

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_MOST_NAMES = 20


class Template:
    """A text with `{column}` places; `{{` and `}}` stand for the braces themselves.

    A place holds a column's name and nothing else: there are no attributes, indexes or formats, so
    a template can show no more than the row it is filled with.

    Attributes:
        text: the template as written.
        columns: the columns it names, each once, in their order.
    """

    def __init__(self, text: str, pieces: list[tuple[str, str | None]]) -> None:
        self.text = text
        self._pieces = pieces
        self.columns = tuple(dict.fromkeys(name for _, name in pieces if name is not None))

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template.

        Raises:
            DataError: if a brace has no partner, a place is empty or the text is no Unicode.
        """
        if not _encodable(text):
            raise DataError(f"The template '{excerpt(text, 60)}' is not UTF-8.")
        pieces: list[tuple[str, str | None]] = []
        end = 0
        for token in _TOKEN.finditer(text):
            literal = text[end : token.start()]
            pieces.append(_piece(literal, token))
            end = token.end()
        pieces.append((text[end:], None))
        return cls(text, pieces)

    def check(self, columns: Collection[str]) -> None:
        """Make sure that every column named exists.

        Raises:
            DataError: naming the unknown column, the ones there are and the likeliest.
        """
        for name in self.columns:
            if name not in columns:
                raise DataError(f"There is no column {_unknown(name, columns)}.")

    def fill(self, row: Mapping[str, Any]) -> str:
        """Return the text with the row's values; those that are no texts are written as JSON.

        Raises:
            RowError: if the row lacks a column, or holds null or a number that JSON has not.
        """
        parts = []
        for literal, name in self._pieces:
            parts.append(literal)
            if name is not None:
                value = row.get(name)
                parts.append(value if isinstance(value, str) else _rendered(name, row))
        return "".join(parts)


def _piece(literal: str, token: re.Match[str]) -> tuple[str, str | None]:
    found = token.group()
    place = f"at character {token.start() + 1} of the template '{excerpt(token.string, 60)}'"
    if found in ("{{", "}}"):
        return literal + found[0], None
    if found in ("{", "}"):
        raise DataError(
            f"The brace {found} {place} has no partner. Write {found * 2} for the brace itself."
        )
    if not token.group(1):
        raise DataError(f"The place {{}} {place} names no column. Write {{{{}}}} for the braces.")
    return literal, token.group(1)


def _rendered(name: str, row: Mapping[str, Any]) -> str:
    if name not in row:
        raise RowError(f"has no column {_unknown(name, row.keys())}")
    if row[name] is None:
        raise RowError(f"has nothing in '{excerpt(name, 40)}': it is null")
    try:
        return json.dumps(row[name], ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise RowError(f"has NaN or Infinity in '{excerpt(name, 40)}'") from error


def _unknown(name: str, columns: Collection[str]) -> str:
    """Return the unknown name with the known ones and the likeliest, as the end of a clause."""
    import difflib

    known = [excerpt(column, 40) for column in columns]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    listed = ", ".join(known[:_MOST_NAMES]) + (", …" if len(known) > _MOST_NAMES else "")
    return f"'{excerpt(name, 40)}' ({hint}there is: {listed or 'none'})"


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
