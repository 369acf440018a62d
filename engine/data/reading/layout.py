"""How a text falls into cells: what stands between them and how they are quoted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

from engine.data.errors import DataError, WishError
from engine.data.reading.rows import excerpt
from engine.data.reading.titles import (
    MOST_TITLES,
    NumberedRow,
    are_names,
    header_among,
    is_phrase,
)

if TYPE_CHECKING:
    from _csv import Reader

QUOTINGS = ("double", "none")

_DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01")
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_DECLARATION = "sep="
_CELL = re.compile(r"[^\t\r\n]+")
_SNIFFED_ROWS = 100
_SNIFFED_CHARACTERS = 64 * 1024
_EVEN_ENOUGH = 0.9


class Layout(NamedTuple):
    """How a text falls into cells.

    Attributes:
        delimiter: the character between the cells.
        columns: the cells of the header.
        evenness: the share of rows with as many cells.
        rows: how many rows that was seen in.
        quote: the character around a cell.
        escape: the character before a quote that is part of a cell; None doubles the quote.
        quoted: whether quotes go around cells; else they are part of them.
        spaced: whether a blank after the delimiter belongs to no cell.
        declared: whether the first line names the delimiter and is no row (`sep=;`, as Excel
            writes it).
        above: how many lines stand above the header.
    """

    delimiter: str
    columns: int
    evenness: float
    rows: int = 0
    quote: str = '"'
    escape: str | None = None
    quoted: bool = True
    spaced: bool = False
    declared: bool = False
    above: int = 0

    def reader(self, lines: Iterable[str]) -> Reader:
        """Return what gives the cells of these lines, and refuses what is not laid out so."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            skipinitialspace=self.spaced,
            strict=True,
        )


def guessed_layout(
    head: bytes,
    *,
    cut: bool,
    delimiter: str | None = None,
    quoting: str | None = None,
    above: int | None = 0,
) -> Layout:
    """Return the layout that fits a file best.

    Each delimiter is tried: those that give the header several cells count first, then those with
    which most rows are as long as it, then those that give most cells. (csv.Sniffer goes by how
    often characters occur, and takes those of long texts for delimiters.) Quotes inside a cell are
    doubled (RFC 4180) unless rows are more even with a backslash before them, single quotes count
    only if they are around every name of the header, and between tabs quotes are part of the cells
    if rows are no less even so and more cells hold a quote than are enclosed in them.

    Args:
        head: the file's first bytes, in UTF-8.
        cut: whether there is more than these.
        delimiter: the delimiter if it is known.
        quoting: one of `QUOTINGS` if it is known.
        above: how many lines stand above the header; None looks whether some do.
    """
    text = head[: 4 * _SNIFFED_CHARACTERS].decode("utf-8", "replace")
    cut = cut or len(text) > _SNIFFED_CHARACTERS
    text = text[:_SNIFFED_CHARACTERS]
    first, _, rest = text.partition("\n")
    declared = _declared(first)
    if declared:
        text = rest
    known = delimiter or declared or None
    if above is None:
        layout = _below_titles(text, cut, known, quoting)
    else:
        layout = _best(_without_lines(text, above), cut, known, quoting)._replace(above=above)
    return layout._replace(declared=bool(declared))


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


def checked_quoting(wish: str | None) -> str | None:
    """Return the quoting that was wished for.

    Raises:
        WishError: if there is none of that name.
    """
    if wish not in (None, *QUOTINGS):
        raise WishError(
            f"There is no quoting '{excerpt(wish or '', 20)}'. Quotes go around cells and are "
            "doubled inside them (--quoting double), or are part of the cells (--quoting none)."
        )
    return wish


def _best(text: str, cut: bool, known: str | None, quoting: str | None) -> Layout:
    tried = [known] if known else _DELIMITERS
    layouts = [_measured(layout, text, cut) for layout in _candidates(text, tried, quoting)]
    best = max(layouts, key=_fitness)
    if best.columns <= 1 and known is None:
        best = _rarely_delimited(text, cut, quoting) or best
    return best._replace(quote=_quote(text, best.delimiter))


def _candidates(text: str, delimiters: Sequence[str], quoting: str | None) -> Iterator[Layout]:
    for delimiter in delimiters:
        layout = Layout(delimiter, 0, 0.0)
        if quoting == "none":
            yield layout._replace(quoted=False)
            continue
        for escape, spaced in product((None, "\\"), (False, True)):
            escapes = escape is None or '\\"' in text
            if escapes and (not spaced or f'{delimiter} "' in text):
                yield layout._replace(escape=escape, spaced=spaced)
        if delimiter == "\t" and quoting is None and _quotes_are_text(text):
            yield layout._replace(quoted=False)


def _fitness(layout: Layout) -> tuple[bool, bool, float, bool, int, bool]:
    several = layout.columns > 1
    known = several or layout.quoted
    return several, known, layout.evenness, not layout.quoted, layout.columns, layout.spaced


def _rarely_delimited(text: str, cut: bool, quoting: str | None) -> Layout | None:
    """Return the layout with a colon or blank between the cells, where nothing speaks against it.

    Both are usual in texts: every row has to be as long as the header, and the header one of names;
    blanks count only between quotes.
    """
    tried = [":", " "] if '" "' in text else [":"]
    for candidate in _candidates(text, tried, quoting):
        layout = _measured(candidate, text, cut)
        sure = layout.columns > 1 and layout.evenness == 1.0 and layout.rows > 1
        if sure and are_names(next(layout.reader(_lines(text)))):
            return layout
    return None


def _measured(layout: Layout, text: str, cut: bool) -> Layout:
    """Return the layout with how well it fits the text."""
    reader = layout.reader(_lines(text))
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
        return layout
    body = lengths[1:-1] if cut else lengths[1:]
    evenness = body.count(lengths[0]) / len(body) if body else 1.0
    return layout._replace(columns=max(lengths[0], 0), evenness=evenness, rows=len(lengths))


def _below_titles(text: str, cut: bool, known: str | None, quoting: str | None) -> Layout:
    """Return the layout of the table in a text, and how many lines of titles are above it."""
    layout = _best(text, cut, known, quoting)
    if layout.columns > 1:
        rows = _first_rows(layout, text)
        place = header_among(rows)
        return layout._replace(above=rows[place].number - 1 if place else 0)
    for above in range(1, MOST_TITLES):
        below = _best(_without_lines(text, above), cut, known, quoting)
        if _is_table(below) and _are_titles(text, above, below):
            return below._replace(above=above)
    return layout


def _is_table(layout: Layout) -> bool:
    return layout.columns > 1 and layout.evenness >= _EVEN_ENOUGH and layout.rows > 1


def _are_titles(text: str, count: int, table: Layout) -> bool:
    """Tell whether the first lines are titles, and what follows them is a header."""
    titles = [line.rstrip("\r\n") for line in islice(_lines(text), count)]
    if not titles[0] or any(table.delimiter in title for title in titles):
        return False
    header = next(table.reader(_lines(_without_lines(text, count))), [])
    return are_names(header) and ("" in titles or is_phrase(titles[0]))


def _first_rows(layout: Layout, text: str) -> list[NumberedRow]:
    """Return the first rows that are not blank, with the lines on which they start."""
    reader = layout.reader(_lines(text))
    rows: list[NumberedRow] = []
    start = 1
    while len(rows) <= MOST_TITLES:
        try:
            cells = next(reader, None)
        except csv.Error:
            break
        if cells is None:
            break
        if cells:
            rows.append(NumberedRow(start, cells))
        start = reader.line_num + 1
    return rows


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def _without_lines(text: str, count: int) -> str:
    lines = _lines(text)
    return text[sum(map(len, islice(lines, count))) :]


def _quotes_are_text(text: str) -> bool:
    """Tell whether more cells between tabs hold a quote than are enclosed in quotes."""
    cells: list[str] = [cell for cell in _CELL.findall(text) if '"' in cell]
    enclosed = sum(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in cells)
    return len(cells) > 2 * enclosed


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
