"""Rows out of CSV and its relatives: a header row, then one record after the other (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from engine.data.errors import DataError
from engine.data.reading.rows import MAX_ROW_BYTES, BadRow, Row, excerpt
from engine.data.reading.sniffing import guessed_layout
from engine.data.reading.source import Source


class Delimited:
    """The rows of a CSV file, every cell a text, blank lines left out.

    The delimiter (comma, semicolon, tab or bar) is recognized. A column without a name is called
    `column_N` by its place, from 1; blanks around a name are dropped.

    Args:
        source: the opened file.

    Attributes:
        columns: the names in the header.

    Raises:
        DataError: if the header is missing, cannot be read or names a column twice.
    """

    def __init__(self, source: Source) -> None:
        # The limit of the csv module is the whole process's, so it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_BYTES))
        self._lines = _Lines(source)
        layout = guessed_layout(source.head, cut=not source.whole)
        self._reader = csv.reader(self._lines, delimiter=layout.delimiter, strict=True)
        self.columns = self._header(source.name)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order.

        Raises:
            DataError: if a row is so long that nobody can tell where the next one starts.
        """
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
        names = [cell.strip() or f"column_{place}" for place, cell in enumerate(cells, 1)]
        if len(set(names)) < len(names):
            [(twice, _)] = Counter(names).most_common(1)
            raise DataError(
                f"{name}, line {self._lines.start}: the header has two columns called "
                f"'{excerpt(twice, 40)}'. Give each a name of its own."
            )
        return tuple(names)

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
        cells = "1 cell" if count == 1 else f"{count} cells"
        reason = f"has {cells} where the header has {len(self.columns)}"
        return BadRow(reason, excerpt(self._lines.first))


class _Lines:
    """The physical lines for the csv module, and what was seen in those of one record.

    A line that is not UTF-8 is passed on with its bytes as surrogates, so that the record keeps its
    shape and the file's other records are read as they stand.

    Attributes:
        start: the line on which the record starts, from 1.
        first: the record's first line.
        fault: what is wrong with its encoding, if anything.
    """

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._text = io.TextIOWrapper(
            source.stream, encoding="utf-8", errors="surrogateescape", newline=""
        )
        self._read = 0
        self.begin()

    def begin(self) -> None:
        """Start a new record with the next line."""
        self.start = self._read + 1
        self.first = ""
        self.fault = ""
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        """Give the lines.

        Raises:
            DataError: if the record grows beyond all measure. Where it ends cannot be told then, so
                what follows cannot be read either.
        """
        readline = self._text.readline
        while line := readline(MAX_ROW_BYTES):
            self._read += 1
            self._length += len(line)
            if not self.first:
                self.first = line
            if self._length >= MAX_ROW_BYTES:
                raise self._too_long()
            if not line.isascii() and not self.fault:
                self.fault = _encoding_fault(line, self._read)
            yield line

    def span(self) -> str:
        """Say which lines the record took, if more than one."""
        if self._read <= self.start:
            return ""
        return f" (lines {self.start} to {self._read} were taken for one row)"

    def _too_long(self) -> DataError:
        return DataError(
            f"{self._name}, line {self.start}: the row is longer than {MAX_ROW_BYTES >> 20} MiB. "
            "Perhaps a quote that it opens is never closed: mend or remove that row."
        )


def _encoding_fault(line: str, number: int) -> str:
    try:
        line.encode()
    except UnicodeEncodeError as error:
        before = line[: error.start].encode("utf-8", "surrogateescape")
        byte = ord(line[error.start]) - 0xDC00
        return f"is not UTF-8: byte 0x{byte:02x} at byte {len(before) + 1} of line {number}"
    return ""


def _fault(message: str) -> str:
    """Say in plain words what the csv module refused."""
    if message == "unexpected end of data":
        return "opens a quote that is never closed"
    if " expected after " in message:
        return "has a quote inside a quoted cell that is not doubled"
    return f"is not valid CSV: {message}"
