"""Rows out of a file of examples, one at a time: the memory used does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from engine.closing import Closing
from engine.data.errors import DataError
from engine.data.reading.delimited import Delimited
from engine.data.reading.jsonlines import JsonLines
from engine.data.reading.rows import Row
from engine.data.reading.sniffing import Format, chosen_format
from engine.data.reading.source import Source


class RowReader(Protocol):
    """A format's reader: the columns, as far as they are known at the start, and the rows."""

    columns: tuple[str, ...]

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order."""
        ...


READERS: Mapping[Format, Callable[[Source], RowReader]] = {"jsonl": JsonLines, "csv": Delimited}
"""The reader of each format."""


class RowFile(Closing):
    """An opened file of rows, read once and closed at its end or by its `with` block.

    Attributes:
        name: the file's path, as text to print and to record.
        size: its bytes, or None if it has no size (a pipe).
        file_format: how it is read.
        columns: the header's names, or the fields of the first rows; empty if none is known.
    """

    def __init__(self, source: Source, file_format: Format) -> None:
        self._source = source
        self._reader = READERS[file_format](source)
        self.name = source.name
        self.size = source.size
        self.file_format = file_format
        self.columns = self._reader.columns

    @property
    def position(self) -> int:
        """How many bytes have been read so far; `size` at the end."""
        return self._source.position

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order, those that cannot be read among them.

        Raises:
            DataError: if the file cannot be read on, or holds no row at all.
        """
        empty = True
        try:
            for row in self._reader:
                empty = False
                yield row
        except OSError as error:
            raise DataError(f"{self.name} cannot be read on: {error.strerror}.") from error
        finally:
            self.close()
        if empty:
            raise DataError(f"{self.name} holds no rows.")

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self._source.close()


def read_rows(path: Path, file_format: str | None = None) -> RowFile:
    """Open a file of rows.

    Args:
        path: the file, or a pipe.
        file_format: "jsonl" or "csv"; left out, the extension tells, or else the first bytes.

    Raises:
        DataError: if the file is missing, unreadable, empty or of no known format.
    """
    source = Source(path)
    try:
        return RowFile(source, chosen_format(source, file_format))
    except BaseException:
        source.close()
        raise
