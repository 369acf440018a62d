"""The physical lines of a text, and what is wrong with the encoding of those of one row."""

from __future__ import annotations

import io
from collections.abc import Iterator

from engine.data.errors import DataError
from engine.data.reading.encoding import UTF_8
from engine.data.reading.rows import MAX_ROW_BYTES
from engine.data.reading.source import Source


class Lines:
    """The lines, each with its end, and what was seen in those of one row.

    A line that is not UTF-8 is passed on with its bytes as surrogates, so that the row keeps its
    shape and the file's other rows are read as they stand.

    Args:
        source: the opened file.
        advice: what to do about a row beyond all measure.

    Attributes:
        start: the line on which the row starts, from 1.
        number: the line that was given last.
        first: the row's first line.
        fault: what is wrong with its encoding, if anything.
    """

    def __init__(self, source: Source, advice: str) -> None:
        self._name = source.name
        self._encoding = source.encoding or UTF_8
        self._advice = advice
        self._text = io.TextIOWrapper(
            source.stream, encoding=UTF_8, errors="surrogateescape", newline=""
        )
        self.number = 0
        self.begin()

    def begin(self) -> None:
        """Start a new row with the next line."""
        self.start = self.number + 1
        self.first = ""
        self.fault = ""
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        """Give the lines.

        Raises:
            DataError: if the row grows beyond all measure. Where it ends cannot be told then, so
                what follows cannot be read either.
        """
        readline = self._text.readline
        while line := readline(MAX_ROW_BYTES):
            self.number += 1
            self._length += len(line)
            if not self.first:
                self.first = line
            if self._length >= MAX_ROW_BYTES:
                raise self._too_long()
            if not line.isascii() and not self.fault:
                self.fault = self._encoding_fault(line)
            yield line

    def pieces(self, limit: int) -> Iterator[str]:
        """Give the lines, longer ones in pieces of so many characters, each as a row of its own."""
        begins = True
        while line := self._text.readline(limit):
            self.number += begins
            self.begin()
            self.start, self.first = self.number, line
            if not line.isascii():
                self.fault = self._encoding_fault(line)
            begins = line[-1] in "\r\n"
            yield line

    def span(self) -> str:
        """Say which lines the row took, if more than one."""
        if self.number <= self.start:
            return ""
        return f" (lines {self.start} to {self.number} were taken for one row)"

    def _too_long(self) -> DataError:
        return DataError(
            f"{self._name}, line {self.start}: the row is longer than {MAX_ROW_BYTES >> 20} MiB. "
            f"{self._advice}"
        )

    def _encoding_fault(self, line: str) -> str:
        try:
            line.encode()
        except UnicodeEncodeError as error:
            if self._encoding != UTF_8:
                place = f"character {error.start + 1} of line {self.number}"
                return f"has a byte that is not {self._encoding} at {place}"
            before = line[: error.start].encode("utf-8", "surrogateescape")
            byte = ord(line[error.start]) - 0xDC00
            place = f"byte {len(before) + 1} of line {self.number}"
            return f"is not UTF-8: byte 0x{byte:02x} at {place}"
        return ""
