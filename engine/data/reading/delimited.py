"""Rows out of CSV and its relatives: a header row, then one record after the other (RFC 4180)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from engine.data.errors import DataError
from engine.data.reading.cells import JsonColumns
from engine.data.reading.layout import checked_delimiter, checked_quoting, guessed_layout
from engine.data.reading.lines import Lines
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import MAX_ROW_BYTES, BadRow, Row, excerpt
from engine.data.reading.source import Source
from engine.data.reading.titles import passed_over


class Delimited(RowReader):
    """The rows of a CSV file, every cell a text, blank lines left out.

    The delimiter and the quoting are recognized, and titles above the header. A column without a
    name is called `column_N` by its place, from 1; blanks around a name are dropped. A column of
    JSON arrays or objects is given as what they say.

    Args:
        source: the opened file.
        options: the delimiter, the quoting and the lines above the header, as far as they are
            known, and columns to be kept as texts.

    Attributes:
        columns: the names in the header.

    Raises:
        DataError: if the header is missing, cannot be read or names a column twice.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        # The limit of the csv module is the whole process's, so it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_BYTES))
        layout = guessed_layout(
            source.head,
            cut=not source.whole,
            delimiter=checked_delimiter(options.delimiter),
            quoting=checked_quoting(options.quoting),
            above=options.skip_lines,
        )
        self._options = options
        self._lines = Lines(source, "Perhaps a quote that it opens is never closed: mend it.")
        lines = iter(self._lines)
        passed = list(islice(lines, layout.declared + layout.above))
        self._reader = layout.reader(lines)
        super().__init__(source, self._header(source.name), "line")
        if layout.above and options.skip_lines is None:
            title = "".join(passed[layout.declared :]).strip(layout.delimiter + "\r\n")
            self.notes += (passed_over(title, "line", layout.declared + 1, len(passed)),)
        if not layout.quoted and options.quoting is None:
            self.notes += ("its quotes are read as part of the texts, not as around cells",)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order.

        Raises:
            DataError: if a row is so long that nobody can tell where the next one starts.
        """
        json_columns = JsonColumns(self._rows(), self._options, self.repairs)
        self.unpacked = json_columns.names
        return json_columns.rows()

    def _rows(self) -> Iterator[Row]:
        names = self.columns
        while (cells := self._record()) is not None:
            if isinstance(cells, BadRow):
                yield Row(self._lines.start, cells)
            elif len(cells) == len(names):
                yield Row(self._lines.start, dict(zip(names, cells, strict=True)))
            else:
                yield Row(self._lines.start, self._uneven(len(cells)))

    def _header(self, name: str) -> tuple[str, ...]:
        cells = self._record()
        if cells is None:
            raise DataError(f"{name} has no header row.")
        if isinstance(cells, BadRow):
            raise DataError(f"{name}, line {self._lines.start}: the header {cells.reason}.")
        return named_columns(cells, f"{name}, line {self._lines.start}")

    def _record(self) -> list[str] | BadRow | None:
        """Return the next record's cells, what is wrong with it, or None at the end."""
        cells: list[str] | None = []
        while not cells:
            self._lines.begin()
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                reason = _fault(str(error)) + self._lines.span()
                return BadRow(reason, excerpt(self._lines.first))
            if self._lines.fault:
                return BadRow(self._lines.fault, excerpt(self._lines.first))
            if cells is None:
                return None
        return cells

    def _uneven(self, count: int) -> BadRow:
        return BadRow(uneven(count, len(self.columns)), excerpt(self._lines.first))


def named_columns(cells: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the names of the columns that a header row gives.

    Args:
        cells: the header row.
        where: the file and the place in it.

    Raises:
        DataError: if two columns have the same name.
    """
    names = [cell.strip() or f"column_{place}" for place, cell in enumerate(cells, 1)]
    [(name, times)] = Counter(names).most_common(1)
    if times > 1:
        raise DataError(
            f"{where}: the header has two columns called '{excerpt(name, 40)}'. "
            "Give each a name of its own."
        )
    return tuple(names)


def uneven(count: int, expected: int) -> str:
    """Say that a row has more or fewer cells than the header."""
    cells = "1 cell" if count == 1 else f"{count} cells"
    return f"has {cells} where the header has {expected}"


def _fault(message: str) -> str:
    """Say in plain words what the csv module refused."""
    if message == "unexpected end of data":
        return "opens a quote that is never closed"
    if " expected after " in message:
        return "has a quote inside a quoted cell that is not doubled"
    return f"is not valid CSV: {message}"
