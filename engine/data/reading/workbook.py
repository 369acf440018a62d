"""Rows out of an Excel workbook (.xlsx).

It is read by openpyxl in its read-only mode, which streams a sheet. Measured beside python-calamine
with 10,000 and 60,000 rows: openpyxl took 30 and 37 MB, calamine 9 and 47 MB, which goes on growing
because it holds the whole sheet. calamine is five times as fast, but gives every whole number as a
float and every error (`#N/A`) as an empty cell. Texts that a workbook keeps in its table of shared
strings are in memory with both.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.reading.cells import JsonColumns
from engine.data.reading.choice import chosen
from engine.data.reading.delimited import named_columns, uneven
from engine.data.reading.extras import needed_for
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import BadRow, Row, excerpt
from engine.data.reading.source import Source

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_ROWS = 1_048_576
"""The rows that a sheet can have (Excel specifications and limits)."""

_MIDNIGHT = time()
# An underscore is escaped where it would begin such an escape; other characters have no need to be.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff](?=_x[0-9A-Fa-f]{4}_))_")
Cells = list[Any]


class Workbook(RowReader):
    """The rows of a sheet below its first row that is not empty, by their numbers in the sheet.

    Numbers and true or false stay what they are, dates and times become ISO 8601 texts (a date
    without its midnight), an empty cell an empty text, a formula the value that was saved with it.
    Empty rows are left out. A column of JSON arrays or objects is given as what they say.

    Args:
        source: the opened file.
        options: the sheet, the first one if it is left out, and columns to be kept as texts.

    Attributes:
        columns: the names in the header.

    Raises:
        DataError: if the workbook is damaged, or has no such sheet or no header.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._name = source.name
        self._texts = options.texts
        sheet = self._sheet(source, options.sheet)
        title = excerpt(str(sheet.title), 40)
        self._cells = self._numbered(sheet)
        start, header = next(self._cells, (0, None))
        if header is None:
            raise DataError(f"{source.name} has nothing in its sheet '{title}'.")
        names = [str(cell) for cell in header]
        columns = named_columns(names, f"{source.name}, sheet '{title}', row {start}")
        super().__init__(source, columns, f"sheet '{title}', row")

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the sheet's order.

        Raises:
            DataError: if the sheet cannot be read on.
        """
        json_columns = JsonColumns(self._rows(), self._texts)
        self.unpacked = json_columns.names
        return json_columns.rows()

    def _rows(self) -> Iterator[Row]:
        names = self.columns
        for number, cells in self._cells:
            if len(cells) > len(names):
                reason = uneven(len(cells), len(names))
                yield Row(number, BadRow(reason, excerpt(", ".join(map(str, cells)))))
            else:
                filled = zip_longest(names, cells, fillvalue="")
                yield Row(number, dict(filled))

    def _sheet(self, source: Source, wish: str | None) -> ReadOnlyWorksheet:
        with needed_for("Excel workbooks"):
            import openpyxl

        # It warns of what it does not show (headers, drop-down lists), which is nothing of a row.
        warnings.filterwarnings("ignore", module="openpyxl")
        with self._damage_told():
            book = openpyxl.load_workbook(
                source.seekable(), read_only=True, data_only=True, keep_links=False
            )
            sheets = {sheet.title: sheet for sheet in book.worksheets}
        first = next(iter(sheets), None)
        name = chosen(
            list(sheets), wish or first, what="sheets", where=source.name, option="--sheet"
        )
        return sheets[name]

    def _numbered(self, sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, Cells]]:
        """Give the cells of each row that has any, with its number; none behind the last filled."""
        with self._damage_told():
            # Some programs write a wrong size into the file, and nothing beyond would be read.
            sheet.reset_dimensions()
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > _MOST_ROWS:
                    raise DataError(f"{self._name} has a row beyond the last that Excel knows.")
                cells = list(map(_plain, values))
                while cells and cells[-1] == "":
                    cells.pop()
                if cells:
                    yield number, cells

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            yield
        except DataError:
            raise
        except Exception as error:
            # The library checks little: whatever is wrong in a file shows as an error of any kind.
            reason = excerpt(str(error))
            raise DataError(
                f"{self._name} is no Excel workbook or damaged ({reason}). Save it anew."
            ) from error


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever a cell can hold
    """Return a cell's value as JSON knows it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _unescaped(value) if "_x" in value else value
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _unescaped(text: str) -> str:
    """Undo how Excel writes characters that XML cannot hold (`_x000D_`; ECMA-376, ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
