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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.reading.cells import JsonColumns
from engine.data.reading.choice import chosen
from engine.data.reading.delimited import named_columns, uneven
from engine.data.reading.extras import needed_for
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import BadRow, Row, excerpt
from engine.data.reading.sheetmarks import SheetMarks
from engine.data.reading.source import Source
from engine.data.reading.titles import MOST_TITLES, NumberedRow, header_among, passed_over

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_ROWS = 1_048_576
"""The rows that a sheet can have (Excel specifications and limits)."""

MERGED = "merged cell filled down"

_MIDNIGHT = time()
# An underscore is escaped where it would begin such an escape; other characters have no need to be.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff](?=_x[0-9A-Fa-f]{4}_))_")
_NOT_SAVED = object()
_SAVE_IT = "whose value was not saved with it: open the workbook in Excel and save it"


class Workbook(RowReader):
    """The rows of a sheet below its header, by their numbers in the sheet.

    The header is the first row that is not empty, or the one below a title. Numbers and true or
    false stay what they are, dates, times and durations become ISO 8601 texts (a date without its
    midnight), an empty cell an empty text, a formula the value that was saved with it. A row with a
    formula whose value was not saved is bad. What was merged from several rows is in each of them.
    Empty rows are left out. A column of JSON arrays or objects is given as what they say.

    Args:
        source: the opened file.
        options: the sheet, the only one with rows if it is left out; the rows above the header, if
            they are known; columns to be kept as texts.

    Attributes:
        columns: the names in the header.

    Raises:
        DataError: if the workbook is damaged, has no such sheet or no header, or several sheets
            have rows and none is named.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._name = source.name
        self._options = options
        sheet = self._sheet(source, options.sheet)
        title = excerpt(str(sheet.title), 40)
        with self._damage_told():
            self._marks = SheetMarks(sheet)
        rows = self._numbered(sheet, self._marks)
        skipped = options.skip_lines or 0
        first = list(islice((row for row in rows if row.number > skipped), MOST_TITLES))
        if not first:
            raise DataError(f"{source.name} has nothing in its sheet '{title}'.")
        above = header_among(first) if options.skip_lines is None else 0
        header = first[above]
        self._below = chain(first[above + 1 :], rows)
        names = ["" if cell is _NOT_SAVED else str(cell) for cell in header.cells]
        columns = named_columns(names, f"{source.name}, sheet '{title}', row {header.number}")
        super().__init__(source, columns, f"sheet '{title}', row")
        if above:
            said = " ".join(row.said for row in first[:above])
            self.notes = (passed_over(said, "row", first[0].number, header.number - 1),)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the sheet's order.

        Raises:
            DataError: if the sheet cannot be read on.
        """
        json_columns = JsonColumns(self._rows(), self._options, self.repairs)
        self.unpacked = json_columns.names
        return json_columns.rows()

    def _rows(self) -> Iterator[Row]:
        names, merged = self.columns, _Merged(self._marks)
        for number, cells in self._below:
            row = dict(zip_longest(names, cells[: len(names)], fillvalue=""))
            filled = self._options.repair != "none" and merged.filled(number, row)
            reason = _fault(cells, row)
            if reason:
                yield Row(number, BadRow(reason, _shown(cells)))
                continue
            if filled:
                self.repairs.note(number, [MERGED])
            yield Row(number, row)

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
        names = list(sheets)
        if wish is None:
            # Lists that a sheet offers for its cells are often kept in a hidden one.
            shown = [name for name in names if sheets[name].sheet_state == "visible"]
            names = [name for name in shown if self._has_rows(sheets[name])] or names[:1]
        return sheets[chosen(names, wish, what="sheets", where=source.name, option="--sheet")]

    def _has_rows(self, sheet: ReadOnlyWorksheet) -> bool:
        """Tell whether a sheet has anything below its first row."""
        return len(list(islice(self._numbered(sheet), 2))) > 1

    def _numbered(
        self, sheet: ReadOnlyWorksheet, marks: SheetMarks | None = None
    ) -> Iterator[NumberedRow]:
        """Give each row that has any cell; no cells behind the last filled one."""
        with self._damage_told():
            # Some programs write a wrong size into the file, and nothing beyond would be read.
            sheet.reset_dimensions()
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > _MOST_ROWS:
                    raise DataError(f"{self._name} has a row beyond the last that Excel knows.")
                cells = list(map(_plain, values))
                for column in marks.formulas_in(number) if marks else ():
                    if column < len(values) and values[column] is None:
                        cells[column] = _NOT_SAVED
                while cells and cells[-1] == "":
                    cells.pop()
                if cells:
                    yield NumberedRow(number, cells)

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


class _Merged:
    """Gives the rows of merged cells the value that stands in the first of them only.

    Args:
        marks: which cells are merged.
    """

    def __init__(self, marks: SheetMarks) -> None:
        self._marks = marks
        self._open: dict[int, tuple[int, Any]] = {}

    def filled(self, number: int, row: dict[str, Any]) -> bool:
        """Fill what is merged with rows above, and return whether anything was."""
        names = list(row)
        found = False
        for column, (end, value) in list(self._open.items()):
            if number > end:
                del self._open[column]
            elif row[names[column]] == "":
                row[names[column]] = value
                found = True
        for column, end in self._marks.merged_from(number):
            if column < len(names) and row[names[column]] != "":
                self._open[column] = end, row[names[column]]
        return found


def _fault(cells: Sequence[Any], row: dict[str, Any]) -> str:
    """Say what is wrong with a row, if anything."""
    if len(cells) > len(row):
        return uneven(len(cells), len(row))
    name = next((name for name, value in row.items() if value is _NOT_SAVED), None)
    return "" if name is None else f"has a formula in '{excerpt(name, 40)}' {_SAVE_IT}"


def _shown(cells: Sequence[Any]) -> str:
    return excerpt(", ".join("" if cell is _NOT_SAVED else str(cell) for cell in cells))


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
    return _duration(value) if isinstance(value, timedelta) else str(value)


def _duration(value: timedelta) -> str:
    """Write a duration as ISO 8601 does ("P1DT6H")."""
    minutes, seconds = divmod(abs(value).seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact = f"{seconds}.{abs(value).microseconds:06}".rstrip("0").rstrip(".")
    parts = [(str(hours), "H"), (str(minutes), "M"), (exact, "S")]
    times = "".join(number + unit for number, unit in parts if number != "0")
    days = f"{abs(value).days}D" if abs(value).days else ""
    sign = "-" if value < timedelta() else ""
    return f"{sign}P{days}" + (f"T{times}" if times else "" if days else "T0S")


def _unescaped(text: str) -> str:
    """Undo how Excel writes characters that XML cannot hold (`_x000D_`; ECMA-376, ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
