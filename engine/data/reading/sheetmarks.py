"""What a sheet's XML says that openpyxl leaves out when it streams: merged cells and formulas."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_SEPARATOR = " "
_CELL, _FORMULA, _MERGED = (f"{_SEPARATOR}{tag}" for tag in ("c", "f", "mergeCell"))
_ALWAYS_SAVED = "str"
"""The type of a formula that gives a text: an empty value is an empty text then."""

_MOST_COLUMNS = 1 << 14
"""The columns that a sheet can have (Excel specifications and limits)."""


class SheetMarks:
    """Which cells of a sheet are merged, and which hold a formula that gives no text.

    The merged ranges stand at the end of the XML, so all of it is looked through first. (Measured:
    that takes a tenth of the time of reading the rows.)

    Args:
        sheet: the sheet, as openpyxl opens it for streaming.
    """

    def __init__(self, sheet: ReadOnlyWorksheet) -> None:
        self._cell = ""
        self._merged: dict[int, list[tuple[int, int]]] = defaultdict(list)
        formulas = array("Q")
        self._formulas = formulas
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.StartElementHandler = self._begun
        with sheet._get_source() as file:  # noqa: SLF001 - openpyxl has no other way to the XML
            parser.ParseFile(file)
        self._formulas = array("Q", sorted(formulas))

    def formulas_in(self, row: int) -> list[int]:
        """Return the columns of a row, from 0, in which there are formulas."""
        start = bisect_left(self._formulas, row * _MOST_COLUMNS)
        end = bisect_left(self._formulas, (row + 1) * _MOST_COLUMNS)
        return [key % _MOST_COLUMNS for key in self._formulas[start:end]]

    def merged_from(self, row: int) -> list[tuple[int, int]]:
        """Return the ranges of several rows that begin in a row: first column from 0, last row."""
        return self._merged.get(row, [])

    def _begun(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith(_CELL):
            saved = attributes.get("t") == _ALWAYS_SAVED
            self._cell = "" if saved else attributes.get("r", "")
        elif name.endswith(_FORMULA) and self._cell:
            row, column = _place(self._cell)
            self._formulas.append(row * _MOST_COLUMNS + column)
        elif name.endswith(_MERGED):
            first, _, last = attributes.get("ref", "").partition(":")
            (row, column), (end, _) = _place(first), _place(last or first)
            if end > row:
                self._merged[row].append((column, end))


def _place(coordinate: str) -> tuple[int, int]:
    """Return the row, from 1, and the column, from 0, of a cell's name ("B7")."""
    from openpyxl.utils.cell import coordinate_to_tuple

    row, column = coordinate_to_tuple(coordinate)
    return row, column - 1
