"""Examples out of a file of any known format and shape, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from engine.closing import Closing
from engine.data.errors import DataError, RowError
from engine.data.reading.files import RowFile, read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow, excerpt
from engine.data.shapes.conversion import Conversion


class Example(NamedTuple):
    """One example.

    Attributes:
        line: where its row stands in the file, from 1: `ExampleFile.place` says what is counted.
        record: `{"messages": [...]}`, its keys in canonical order.
    """

    line: int
    record: dict[str, Any]


class BadExample(NamedTuple):
    """A row of which no example could be made.

    Attributes:
        file: the file's path.
        line: where the row stands in the file, from 1.
        reason: what is wrong with it, as a clause that follows "line N".
        excerpt: the row's beginning in at most 120 characters, safe to print.
        place: what is counted ("line", "row", "sheet 'Data', row").
    """

    file: str
    line: int
    reason: str
    excerpt: str
    place: str = "line"

    def __str__(self) -> str:
        return f"{self.file}, {self.place} {self.line} {self.reason}"


class ExampleFile(Closing):
    """An opened file of examples, read once and closed at its end or by its `with` block.

    Args:
        rows: the opened file.
        conversion: how its rows become examples.
    """

    def __init__(self, rows: RowFile, conversion: Conversion) -> None:
        self._rows = rows
        self._conversion = conversion

    @property
    def name(self) -> str:
        """The file's path, as text to print and to record."""
        return self._rows.name

    @property
    def file_format(self) -> str:
        """How the file is read: one of `sniffing.FORMATS`."""
        return self._rows.file_format

    @property
    def place(self) -> str:
        """What the number of a row counts ("line")."""
        return self._rows.place

    @property
    def encoding(self) -> str | None:
        """The encoding of the file's text; None for what is no text."""
        return self._rows.encoding

    @property
    def size(self) -> int | None:
        """The file's bytes, or None if it has no size (a pipe)."""
        return self._rows.size

    @property
    def position(self) -> int:
        """How many bytes have been read so far; `size` at the end."""
        return self._rows.position

    def __iter__(self) -> Iterator[Example | BadExample]:
        """Give the examples, and what is wrong with the other rows, in the file's order.

        Raises:
            DataError: if the file cannot be read on, or holds no row at all.
        """
        for line, value in self._rows:
            if isinstance(value, BadRow):
                yield self._bad(line, value.reason, value.excerpt)
            else:
                yield from self._converted(line, value)

    def _converted(self, line: int, row: dict[str, Any]) -> Iterator[Example | BadExample]:
        try:
            records = self._conversion.examples(row)
        except RowError as error:
            yield self._bad(line, str(error), shown(row))
        else:
            for record in records:
                yield Example(line, record)

    def _bad(self, line: int, reason: str, row: str) -> BadExample:
        return BadExample(self._rows.name, line, reason, row, self._rows.place)

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self._rows.close()


def read_examples(
    path: Path | Literal["-"],
    *,
    file_format: str | None = None,
    options: ReadingOptions | None = None,
    prompt: str | None = None,
    completion: str | None = None,
    system: str | None = None,
) -> ExampleFile:
    """Open a file of examples.

    Args:
        path: the file, or what else `read_rows` takes.
        file_format: one of `sniffing.FORMATS`; left out, the file tells.
        options: how else it is read.
        prompt: a template (`{column}`) of the user's words, together with `completion`.
        completion: a template of the assistant's answer.
        system: a template of a system message for the examples that have none.

    Raises:
        DataError: if the file is missing, unreadable, empty or of no known format or shape, or a
            template is wrong.
    """
    conversion = Conversion(prompt, completion, system)
    reading = options or ReadingOptions()
    if file_format is not None:
        reading = replace(reading, file_format=file_format)
    rows = read_rows(path, reading)
    try:
        conversion.check(rows.name, rows.columns)
    except DataError:
        rows.close()
        raise
    return ExampleFile(rows, conversion)


def shown(row: dict[str, Any]) -> str:
    """Return the beginning of a row as JSON, safe to print."""
    from pydantic_core import to_json

    return excerpt(to_json(row))
