"""Rows out of a Parquet file (parquet.apache.org), batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.data.errors import DataError
from engine.data.reading.arrow import BATCH_ROWS, rows_of
from engine.data.reading.delimited import named_columns
from engine.data.reading.extras import needed_for
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import Row, excerpt
from engine.data.reading.source import Source

if TYPE_CHECKING:
    import pyarrow as pa

_BUFFER_BYTES = 1024 * 1024


class Parquet(RowReader):
    """The rows of a Parquet file, numbered from 1.

    Columns are read through buffers, so that memory does not grow with the file; it needs room for
    the largest page of each column.

    Args:
        source: the opened file.
        options: whether a number that is missing (NaN) is read as null.

    Attributes:
        columns: the columns of its schema.

    Raises:
        DataError: if the file is damaged.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._name = source.name
        with needed_for("Parquet files"):
            from pyarrow import parquet

        try:
            self._file = parquet.ParquetFile(
                source.seekable(), buffer_size=_BUFFER_BYTES, pre_buffer=False
            )
            names = list(self._file.schema_arrow.names)
        except _damages() as error:
            raise self._damage(error) from error
        super().__init__(source, named_columns(names, source.name), "row")
        self._noting = None if options.repair == "none" else self.repairs

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order.

        Raises:
            DataError: if the file cannot be read on.
        """
        return rows_of(self._batches(), self.columns, self._noting)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._file.iter_batches(BATCH_ROWS)
        except _damages() as error:
            raise self._damage(error) from error

    def _damage(self, error: Exception) -> DataError:
        return DataError(
            f"{self._name} is no Parquet file or damaged ({excerpt(str(error))}). Fetch it anew."
        )


def _damages() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.lib.ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError)
