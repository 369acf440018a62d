"""Texts with `{column}` places that a row fills."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from engine.data.errors import DataError, RowError, WishError
from engine.data.reading.rows import excerpt
from engine.data.shapes.canonical import require_json

_DEFAULT = "|default:"
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_MOST_NAMES = 20


class _Piece(NamedTuple):
    """A text and the place after it.

    Attributes:
        literal: the text, its braces single.
        column: the column whose value follows; None at the end of the template.
        default: what follows if the column holds nothing; None if it must hold something.
    """

    literal: str
    column: str | None = None
    default: str | None = None


class Template:
    """A text with `{column}` places; `{{` and `}}` stand for the braces themselves.

    A place holds a column's name and nothing else: there are no attributes, indexes or formats, so
    a template can show no more than the row it is filled with. `{column|default:some text}` stands
    for the text where the column is missing, null or empty.

    Attributes:
        text: the template as written.
        columns: the columns it names, each once, in their order.
        needed: those of them that stand somewhere without a default.
    """

    def __init__(self, text: str, pieces: list[_Piece]) -> None:
        self.text = text
        self._pieces = pieces
        places = [piece for piece in pieces if piece.column is not None]
        self.columns = tuple(dict.fromkeys(str(piece.column) for piece in places))
        needed = [str(piece.column) for piece in places if piece.default is None]
        self.needed = tuple(dict.fromkeys(needed))

    @property
    def bare(self) -> str | None:
        """The column that the text is, if it is one column's value and nothing else."""
        first, *rest = self._pieces
        alone = len(rest) == 1 and not first.literal and not rest[0].literal
        return first.column if alone and first.default is None else None

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template.

        Raises:
            DataError: if a brace has no partner, a place is empty or the text is no Unicode.
        """
        if not _encodable(text):
            raise WishError(f"The template '{excerpt(text, 60)}' is not UTF-8.")
        pieces: list[_Piece] = []
        end = 0
        for token in _TOKEN.finditer(text):
            literal = text[end : token.start()]
            pieces.append(_piece(literal, token))
            end = token.end()
        pieces.append(_Piece(text[end:]))
        return cls(text, pieces)

    def check(self, columns: Collection[str]) -> None:
        """Make sure that every column named without a default exists.

        Raises:
            DataError: naming the unknown column, the ones there are and the likeliest.
        """
        for name in self.needed:
            if name not in columns:
                raise DataError(f"There is no column {_unknown(name, columns)}.")

    def fill(self, row: Mapping[str, Any]) -> str:
        """Return the text with the row's values; those that are no texts are written as JSON.

        Raises:
            RowError: if the row lacks a column, or holds null or a number that JSON has not.
        """
        parts = []
        for literal, name, default in self._pieces:
            parts.append(literal)
            if name is None:
                continue
            value = row.get(name)
            if default is not None and (value is None or value == ""):
                parts.append(default)
            else:
                parts.append(value if isinstance(value, str) else _rendered(name, row))
        return "".join(parts)

    def empty_columns(self, row: Mapping[str, Any]) -> list[str]:
        """Return the columns without a default that are missing, null or empty in the row."""
        return [name for name in self.needed if row.get(name) in (None, "")]


def _piece(literal: str, token: re.Match[str]) -> _Piece:
    found = token.group()
    place = f"at character {token.start() + 1} of the template '{excerpt(token.string, 60)}'"
    if found in ("{{", "}}"):
        return _Piece(literal + found[0])
    if found in ("{", "}"):
        raise WishError(
            f"The brace {found} {place} has no partner. Write {found * 2} for the brace itself."
        )
    name, defaulted, default = token.group(1).partition(_DEFAULT)
    if not name:
        raise WishError(
            f"The place {found} {place} names no column. Write {{{{}}}} for the braces."
        )
    return _Piece(literal, name, default if defaulted else None)


def _rendered(name: str, row: Mapping[str, Any]) -> str:
    if name not in row:
        raise RowError(f"has no column {_unknown(name, row.keys())}")
    if row[name] is None:
        raise RowError(f"has nothing in '{excerpt(name, 40)}': it is null")
    require_json(row[name], f"'{excerpt(name, 40)}'")
    return json.dumps(row[name], ensure_ascii=False)


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
