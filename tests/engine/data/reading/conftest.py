"""Files of every kind, and the rows that come out of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow, Row

FILES = Path(__file__).parent / "files"


@contextmanager
def file_of(content: bytes, name: str) -> Iterator[Path]:
    """Give a file of this content and name, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def rows_of(content: bytes, name: str, **options: Any) -> list[Row]:  # noqa: ANN401 - any option
    """Return the rows of a file of this content and name."""
    with file_of(content, name) as path:
        return list(read_rows(path, ReadingOptions(**options)))


def values_of(content: bytes, name: str, **options: Any) -> list[dict[str, Any] | BadRow]:  # noqa: ANN401
    """Return what the rows say."""
    return [row.value for row in rows_of(content, name, **options)]


def rows_in(name: str, **options: Any) -> list[Row]:  # noqa: ANN401
    """Return the rows of one of the files that stand beside the tests."""
    return list(read_rows(FILES / name, ReadingOptions(**options)))


def cell_of(row: Row, column: str) -> Any:  # noqa: ANN401 - whatever the row holds
    """Return what a row that could be read says in a column."""
    assert isinstance(row.value, dict)
    return row.value[column]


def fault_of(row: Row) -> str:
    """Return what is wrong with a bad row."""
    assert isinstance(row.value, BadRow)
    return row.value.reason


def workbook(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Data") -> Path:
    """Write an Excel workbook of one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def words(text: str) -> int:
    """Count the words of a text, as a stand-in for its tokens."""
    return len(text.split())
