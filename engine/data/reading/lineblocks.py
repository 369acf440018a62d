"""Blocks of JSON lines, which travel to other processes and are parsed there."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice

from engine.data.reading.chats import with_chats
from engine.data.reading.faults import fault, spot
from engine.data.reading.objects import MendedRows, object_over_lines, objects_in
from engine.data.reading.options import Repair
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row, excerpt, kind_of

MOST_JOINED_LINES = 100
MOST_JOINED_BYTES = 1024 * 1024
"""An object that lies on more lines, or is longer, is not put together from them."""


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Whole lines of a JSON Lines file, which are parsed when the rows are asked for.

    Attributes:
        data: the lines.
        first: the number of the first one, from 1.
        encoding: what the file was in; the data is UTF-8 always.
        repair: which damages are mended.
        chats: the fields whose texts are chats written as JSON, to be given as what they say.
        repairs: what was mended in the rows given so far.
    """

    data: bytes
    first: int
    encoding: str
    repair: Repair = "sure"
    chats: tuple[str, ...] = ()
    repairs: Repairs = field(default_factory=Repairs, compare=False)

    @property
    def count_hint(self) -> int:
        """How many lines there are."""
        return self.data.count(b"\n") + (not self.data.endswith(b"\n"))

    def rows(self) -> Iterator[Row]:
        """Give the rows, blank lines left out."""
        self.repairs.handed_over()
        rows = self.rows_as_written()
        return with_chats(rows, self.chats, self.repairs) if self.chats else rows

    def rows_as_written(self) -> Generator[Row, None, int]:
        """Give the rows, chats in texts left so, and return the number of the line behind them."""
        # Measured: four times as fast as json.loads, and unlike orjson it keeps integers of any
        # size.
        from pydantic_core import from_json

        # As measured too, this is a third faster than to split the data.
        lines = io.BytesIO(self.data)
        numbered = enumerate(lines, self.first)
        number = last = self.first - 1
        for number, line in numbered:
            try:
                value = from_json(line, cache_strings="keys")
            except ValueError:
                if line.strip():
                    found, more = self._mended(line, lines.tell())
                    yield from self._damaged(number, line, found)
                    last = number + len(list(islice(numbered, more)))
                continue
            if isinstance(value, dict):
                yield Row(number, value)
            else:
                reason = f"is {kind_of(value)}, not a JSON object"
                yield Row(number, BadRow(reason, excerpt(line.strip())))
        return max(number, last) + 1

    def _damaged(self, number: int, line: bytes, found: MendedRows | None) -> Iterator[Row]:
        if found is None:
            yield Row(number, self._bad(line))
            return
        self.repairs.note(number, found.kinds)
        for value in found.values:
            yield Row(number, value)

    def _mended(self, line: bytes, end: int) -> tuple[MendedRows | None, int]:
        """Return what a damaged line says, and how many of those below it belong to it."""
        if self.repair == "none":
            return None, 0
        found = objects_in(line)
        if found is not None:
            return found, 0
        below = self._below(line, end)
        found = object_over_lines(line + below) if below else None
        if found is not None:
            return found, below.count(b"\n") + (not below.endswith(b"\n"))
        return (objects_in(line, guess=True) if self.repair == "all" else None), 0

    def _below(self, line: bytes, end: int) -> bytes:
        """Return the lines below one that begins an object, up to the next that does."""
        if not line.startswith(b"{"):
            return b""
        below = self.data[end : self.data.find(b"\n{", end - 1) + 1 or None]
        few = len(line) + len(below) <= MOST_JOINED_BYTES and below.count(b"\n") < MOST_JOINED_LINES
        return below if few else b""

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
