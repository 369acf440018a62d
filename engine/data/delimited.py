"""Rows out of CSV and its relatives: a header row, then one record after the other (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from engine.data.errors import DataError
from engine.data.rows import MAX_ROW_BYTES, BadRow, Row, excerpt
from engine.data.sniffing import guessed_delimiter
from engine.data.source import Source

_TOO_LONG = f"is longer than {MAX_ROW_BYTES >> 20} MiB: perhaps a closing quote is missing"
_UNCLOSED = "opens a quote that is never closed: everything after it was taken for one cell"
_UNDOUBLED = "has a quote inside a quoted cell that is not doubled"


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
        # The limit of the csv module holds for the whole process, so it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_BYTES))
        self._lines = _Lines(source)
        delimiter = guessed_delimiter(source.head) or ","
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self.columns = self._header(source.name)

    def __iter__(self) -> Iterator[Row]:
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
        for column in names:
            if names.count(column) > 1:
                raise DataError(
                    f"{name}, line {self._lines.start}: the header has two columns called "
                    f"'{excerpt(column, 40)}'. Give each a name of its own."
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
                return BadRow(_fault(str(error)), excerpt(self._lines.first))
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
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_ROW_BYTES)
        if not line:
            raise StopIteration
        self._read += 1
        self._length += len(line)
        if not self.first:
            self.first = line
        if self._length >= MAX_ROW_BYTES:
            self._skip_rest(line)
            raise csv.Error(_TOO_LONG)
        if not line.isascii() and not self.fault:
            self.fault = _encoding_fault(line, self._read)
        return line

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(MAX_ROW_BYTES)


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
    if message == _TOO_LONG:
        return message
    if message == "unexpected end of data":
        return _UNCLOSED
    if " expected after " in message:
        return _UNDOUBLED
    return f"is not valid CSV: {message}"
