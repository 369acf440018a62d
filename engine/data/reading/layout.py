"""How a text falls into cells: what stands between them and how they are quoted."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import NamedTuple

from engine.data.errors import DataError
from engine.data.reading.rows import excerpt

_DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01")
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_DECLARATION = "sep="
_SNIFFED_ROWS = 100
_SNIFFED_CHARACTERS = 64 * 1024


class Layout(NamedTuple):
    """How a text falls into cells.

    Attributes:
        delimiter: the character between the cells.
        columns: the cells of the header.
        evenness: the share of rows with as many cells.
        rows: how many rows that was seen in.
        quote: the character around a cell.
        escape: the character before a quote that is part of a cell; None doubles the quote.
        declared: whether the first line names the delimiter and is no row (`sep=;`, as Excel
            writes it).
    """

    delimiter: str
    columns: int
    evenness: float
    rows: int = 0
    quote: str = '"'
    escape: str | None = None
    declared: bool = False


def guessed_layout(head: bytes, *, cut: bool, delimiter: str | None = None) -> Layout:
    """Return the layout that fits a file best.

    Each delimiter is tried: those that give the header several cells count first, then those with
    which most rows are as long as it, then those that give most cells. (csv.Sniffer goes by how
    often characters occur, and takes those of long texts for delimiters.) Quotes inside a cell are
    doubled (RFC 4180) unless rows are more even with a backslash before them, and single quotes
    count only if they are around every name of the header.

    Args:
        head: the file's first bytes, in UTF-8.
        cut: whether there is more than these.
        delimiter: the delimiter if it is known.
    """
    text = head[: 4 * _SNIFFED_CHARACTERS].decode("utf-8", "replace")
    cut = cut or len(text) > _SNIFFED_CHARACTERS
    text = text[:_SNIFFED_CHARACTERS]
    first, _, rest = text.partition("\n")
    declared = _declared(first)
    if declared:
        text = rest
    known = delimiter or declared
    layouts = [
        _layout(text, tried, escape, cut=cut)
        for escape, tried in product((None, "\\"), [known] if known else _DELIMITERS)
        if escape is None or '\\"' in text
    ]
    best = max(layouts, key=lambda tried: (tried.columns > 1, tried.evenness, tried.columns))
    return best._replace(quote=_quote(text, best.delimiter), declared=bool(declared))


def checked_delimiter(wish: str | None) -> str | None:
    """Return the delimiter that was wished for; words stand for some.

    Raises:
        DataError: if it is no single character, or one that cannot be a delimiter.
    """
    if wish is None:
        return None
    delimiter = _NAMED.get(wish.lower(), wish)
    if not _can_delimit(delimiter):
        raise DataError(
            f"'{excerpt(wish, 20)}' cannot be the delimiter: it is one character, "
            "for instance --delimiter ';' or --delimiter tab."
        )
    return delimiter


def _layout(text: str, delimiter: str, escape: str | None, *, cut: bool) -> Layout:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, escapechar=escape, strict=True
    )
    lengths: list[int] = []
    while len(lengths) < _SNIFFED_ROWS:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            # A row that cannot be read is as long as none.
            lengths.append(-1)
            continue
        if cells:
            lengths.append(len(cells))
    if not lengths:
        return Layout(delimiter, 0, 0.0)
    body = lengths[1:-1] if cut else lengths[1:]
    evenness = body.count(lengths[0]) / len(body) if body else 1.0
    return Layout(delimiter, max(lengths[0], 0), evenness, len(lengths), escape=escape)


def _declared(line: str) -> str:
    """Return the delimiter that a file's first line names, or nothing."""
    stripped = line.rstrip("\r").strip('"')
    delimiter = stripped[len(_DECLARATION) :]
    declared = stripped.lower().startswith(_DECLARATION) and _can_delimit(delimiter)
    return delimiter if declared else ""


def _quote(text: str, delimiter: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0].strip()
    cells = header.split(delimiter)
    single = all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells)
    return "'" if single else '"'


def _can_delimit(text: str) -> bool:
    # The rest means something of its own to the csv module, or is no character at all.
    return len(text) == 1 and text not in "\"'\\\r\n\0" and not "\ud800" <= text <= "\udfff"
