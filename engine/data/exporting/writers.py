"""How rows are written to a file as they come."""

from __future__ import annotations

import csv
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from engine.closing import Closing
from engine.data.exporting.spool import Spool
from engine.data.shapes.canonical import canonical_line, json_line


class RowWriter(Closing):
    """Takes rows and makes a file of them.

    Attributes:
        as_json: columns that the file holds as JSON texts, known once it is finished.
    """

    as_json: tuple[str, ...] = ()

    @abstractmethod
    def write(self, row: dict[str, Any]) -> None:
        """Add a row.

        Raises:
            RowError: if it holds what JSON or UTF-8 cannot; nothing is written of it then.
        """

    @abstractmethod
    def finish(self) -> None:
        """Write what is still to be written; the file is whole then."""


class JsonLinesWriter(RowWriter):
    """Writes one JSON object a line.

    Args:
        path: the file to make.
        canonical: whether the rows are examples, to be written as such.
    """

    def __init__(self, path: Path, *, canonical: bool = False) -> None:
        self._file: IO[bytes] = path.open("xb")
        self._line = canonical_line if canonical else json_line

    def write(self, row: dict[str, Any]) -> None:
        """Add a row; see `RowWriter.write`."""
        self._file.write(self._line(row))

    def finish(self) -> None:
        """Bring the last lines to the file."""
        self._file.flush()

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self._file.close()


class CsvWriter(RowWriter):
    """Writes a table of texts with a header, as RFC 4180 has it, in UTF-8.

    Which columns there are is known only at the end, so rows wait in a spool.

    Args:
        path: the file to make.
    """

    _FIRST = ("system", "prompt", "completion", "chosen", "rejected")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spool = Spool(path.parent)
        self._columns: set[str] = set()

    def write(self, row: dict[str, Any]) -> None:
        """Add a row; see `RowWriter.write`."""
        self._spool.write(row)
        self._columns.update(row)

    def finish(self) -> None:
        """Write the table: the shape's own columns first, then the others by name."""
        first = [name for name in self._FIRST if name in self._columns]
        header = [*first, *sorted(self._columns - set(first))]
        with self._path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, restval="", lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        for batch in self._spool.batches():
            yield from batch

    def close(self) -> None:
        """Give up the spool; doing it twice is no fault."""
        self._spool.close()
