"""Rows out of JSON Lines: one JSON object a line (jsonlines.org)."""

from __future__ import annotations

import io
from collections.abc import Iterator

from engine.data.reading.chats import chats_in_texts, with_chats
from engine.data.reading.lineblocks import MOST_JOINED_BYTES, MOST_JOINED_LINES, LineBlock
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import BATCH_BYTES, RowBatch, RowList, RowReader
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import MAX_ROW_BYTES, BadRow, Row, excerpt
from engine.data.reading.source import Source
from engine.data.reading.streams import BUFFER_BYTES, LineFeeds


class JsonLines(RowReader):
    """The rows of a JSON Lines file, blank lines left out.

    Whole numbers keep all their digits, others as many as Python's floats hold (about 16), and of a
    key given twice the last one counts. (To notice either would make the reading of ordinary rows
    an eighth to a quarter slower.)

    Damages that leave no doubt what is meant are mended: commas too many, line breaks inside a text
    or an object, several objects on a line, Python's way of writing, a chat that is a text of JSON.

    Args:
        source: the opened file.
        options: which damages are mended, and fields to be kept as texts.

    Attributes:
        columns: the fields seen in the file's first rows; empty if none could be read.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._stream, head = source.stream, source.head
        self._encoding = source.encoding or ""
        self._repair = options.repair
        self._chats: tuple[str, ...] = ()
        only_returns = b"\r" in head and b"\n" not in head
        if only_returns:
            self._stream = io.BufferedReader(LineFeeds(source.stream), BUFFER_BYTES)
            head = head.replace(b"\r", b"\n")
        first = self._first(head if source.whole else head[: head.rfind(b"\n") + 1])
        super().__init__(
            source, tuple(dict.fromkeys(name for row in first for name in row)), "line"
        )
        if only_returns:
            self.notes = ("its lines end in carriage returns",)
        if options.repair != "none":
            self._chats = chats_in_texts(first, options.texts)
            self.unpacked = tuple(name for name in self._chats if name in self.columns)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order."""
        rows = self._rows()
        return with_chats(rows, self._chats, self.repairs) if self._chats else rows

    def batches(self) -> Iterator[RowBatch]:
        """Give the very same rows in blocks of lines that are not parsed yet."""
        line = 1
        for piece in self._pieces(BATCH_BYTES):
            if isinstance(piece, BadRow):
                yield RowList([Row(line, piece)])
                line += 1
            else:
                if not piece.isspace():
                    yield LineBlock(piece, line, self._encoding, self._repair, self._chats)
                line += piece.count(b"\n")

    def _rows(self) -> Iterator[Row]:
        line = 1
        for piece in self._pieces(BUFFER_BYTES):
            if isinstance(piece, BadRow):
                yield Row(line, piece)
                line += 1
            else:
                line = yield from self._block(piece, line, self.repairs).rows_as_written()

    def _pieces(self, size: int) -> Iterator[bytes | BadRow]:
        """Give pieces of whole lines, of about so many bytes, and each line beyond all measure."""
        read, readline = self._stream.read, self._stream.readline
        while data := read(min(size, MAX_ROW_BYTES)):
            begun = len(data) - data.rfind(b"\n") - 1
            if begun:
                data += readline(MAX_ROW_BYTES - begun)
            if data.endswith(b"\n"):
                data += self._rest_of_object()
            last = 0 if data.endswith(b"\n") else len(data) - data.rfind(b"\n") - 1
            if last < MAX_ROW_BYTES:
                yield data
                continue
            if len(data) > last:
                yield data[:-last]
            yield self._too_long(data[-last:])

    def _rest_of_object(self) -> bytes:
        """Return the lines up to the next that begins an object: all of one is in one piece."""
        lines: list[bytes] = []
        room = MOST_JOINED_BYTES
        while room > 0 and len(lines) < MOST_JOINED_LINES:
            if self._stream.peek(1)[:1] in (b"{", b""):
                break
            lines.append(self._stream.readline(MAX_ROW_BYTES))
            room -= len(lines[-1])
            if not lines[-1].endswith(b"\n"):
                break
        return b"".join(lines)

    def _too_long(self, data: bytes) -> BadRow:
        """Go past the rest of a line."""
        rest = data
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(MAX_ROW_BYTES)
        return BadRow(f"is longer than {MAX_ROW_BYTES >> 20} MiB", excerpt(data))

    def _block(self, data: bytes, first: int, repairs: Repairs) -> LineBlock:
        return LineBlock(data, first, self._encoding, self._repair, repairs=repairs)

    def _first(self, head: bytes) -> list[dict[str, object]]:
        """Return those of the first rows that can be read."""
        rows = self._block(head, 1, Repairs()).rows_as_written()
        return [row.value for row in rows if isinstance(row.value, dict)]
