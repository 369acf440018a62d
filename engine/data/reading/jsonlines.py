"""Rows out of JSON Lines: one JSON object a line (jsonlines.org)."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from engine.data.reading.faults import fault, spot
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import BATCH_BYTES, RowBatch, RowList, RowReader
from engine.data.reading.rows import MAX_ROW_BYTES, BadRow, Row, excerpt, kind_of
from engine.data.reading.source import Source
from engine.data.reading.streams import BUFFER_BYTES


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Whole lines of a JSON Lines file, which are parsed when the rows are asked for.

    Attributes:
        data: the lines.
        first: the number of the first one, from 1.
        encoding: what the file was in; the data is UTF-8 always.
    """

    data: bytes
    first: int
    encoding: str

    @property
    def count_hint(self) -> int:
        """How many lines there are."""
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    def rows(self) -> Generator[Row, None, int]:
        """Give the rows, blank lines left out, and return the number of the line behind them."""
        # Measured: four times as fast as json.loads, and unlike orjson it keeps integers of any
        # size.
        from pydantic_core import from_json

        # As measured too, this is a third faster than to split the data.
        number = self.first - 1
        for number, line in enumerate(io.BytesIO(self.data), self.first):
            try:
                value = from_json(line, cache_strings="keys")
            except ValueError:
                if line.strip():
                    yield Row(number, self._bad(line))
                continue
            if isinstance(value, dict):
                yield Row(number, value)
            else:
                reason = f"is {kind_of(value)}, not a JSON object"
                yield Row(number, BadRow(reason, excerpt(line.strip())))
        return number + 1

    def _bad(self, line: bytes) -> BadRow:
        from pydantic_core import from_json

        message = ""
        line = line.rstrip(b"\r\n")
        try:
            # Once more, without the line's end: it could look like a fault of its own.
            from_json(line)
        except ValueError as error:
            message = str(error)
        reason = fault(
            line,
            message,
            self.encoding,
            lambda offset: f"at {spot(line, offset, self.encoding)} of the line",
        )
        return BadRow(reason, excerpt(line.strip()))


class JsonLines(RowReader):
    """The rows of a JSON Lines file, blank lines left out.

    Numbers keep their precision as Python reads them; of a key given twice the last one counts.
    (To notice that would make the reading of short rows a quarter slower.)

    Args:
        source: the opened file.
        options: nothing of them matters here.

    Attributes:
        columns: the fields seen in the file's first rows; empty if none could be read.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        del options
        self._stream = source.stream
        self._encoding = source.encoding or ""
        super().__init__(source, self._fields(source), "line")

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order."""
        line = 1
        for piece in self._pieces(BUFFER_BYTES):
            if isinstance(piece, BadRow):
                yield Row(line, piece)
                line += 1
            else:
                line = yield from LineBlock(piece, line, self._encoding).rows()

    def batches(self) -> Iterator[RowBatch]:
        """Give the very same rows in blocks of lines that are not parsed yet."""
        line = 1
        for piece in self._pieces(BATCH_BYTES):
            if isinstance(piece, BadRow):
                yield RowList([Row(line, piece)])
                line += 1
            else:
                if not piece.isspace():
                    yield LineBlock(piece, line, self._encoding)
                line += piece.count(b"\n")

    def _pieces(self, size: int) -> Iterator[bytes | BadRow]:
        """Give pieces of whole lines, of about so many bytes, and each line beyond all measure."""
        read, readline = self._stream.read, self._stream.readline
        while data := read(min(size, MAX_ROW_BYTES)):
            begun = len(data) - data.rfind(b"\n") - 1
            if begun:
                data += readline(MAX_ROW_BYTES - begun)
            last = 0 if data.endswith(b"\n") else len(data) - data.rfind(b"\n") - 1
            if last < MAX_ROW_BYTES:
                yield data
                continue
            if len(data) > last:
                yield data[:-last]
            yield self._too_long(data[-last:])

    def _too_long(self, data: bytes) -> BadRow:
        """Go past the rest of a line."""
        rest = data
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(MAX_ROW_BYTES)
        return BadRow(f"is longer than {MAX_ROW_BYTES >> 20} MiB", excerpt(data))

    def _fields(self, source: Source) -> tuple[str, ...]:
        whole_lines = source.head if source.whole else source.head[: source.head.rfind(b"\n") + 1]
        rows = LineBlock(whole_lines, 1, self._encoding).rows()
        values = (row.value for row in rows if isinstance(row.value, dict))
        return tuple(dict.fromkeys(name for value in values for name in value))
