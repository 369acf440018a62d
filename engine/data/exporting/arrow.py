"""Parquet files, and folders that `datasets.load_from_disk` opens."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.exporting.arrow_types import ColumnTypes
from engine.data.exporting.spool import Spool
from engine.data.exporting.writers import RowWriter

if TYPE_CHECKING:
    import pyarrow as pa

_FINGERPRINT_LENGTH = 16
DATASET_FILES = ("dataset_info.json", "state.json")
"""The files that a dataset's folder has beside its data."""


class ArrowWriter(RowWriter):
    """Makes an Arrow table of rows, some of which wait in a spool until its schema is known.

    Args:
        path: what to make.

    Raises:
        DataError: if pyarrow is not installed.
    """

    def __init__(self, path: Path) -> None:
        _require_pyarrow()
        self._path = path
        self._types = ColumnTypes()
        self._spool = Spool(path.parent)

    def write(self, row: dict[str, Any]) -> None:
        """Add a row; see `RowWriter.write`."""
        self._spool.write(row)
        self._types.add(row)

    def finish(self) -> None:
        """Write the table."""
        self.as_json = self._types.as_json
        self._write(self._types.schema())

    @abstractmethod
    def _write(self, schema: pa.Schema) -> None:
        """Write all batches of the table."""

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for rows in self._spool.batches():
            cells = [self._types.cells(row) for row in rows]
            yield pa.RecordBatch.from_pylist(cells, schema=schema)

    def close(self) -> None:
        """Give up the spool; doing it twice is no fault."""
        self._spool.close()


class ParquetWriter(ArrowWriter):
    """Writes a Parquet file."""

    def _write(self, schema: pa.Schema) -> None:
        from pyarrow.parquet import ParquetWriter as Writer

        with Writer(self._path, schema, compression="zstd") as writer:
            for batch in self._batches(schema):
                writer.write_batch(batch)


class DatasetFolderWriter(ArrowWriter):
    """Writes a folder as `Dataset.save_to_disk` does: an Arrow stream and two files about it.

    Source: the layout of the `datasets` library, versions 2 to 5.
    """

    _DATA = "data-00000-of-00001.arrow"

    def _write(self, schema: pa.Schema) -> None:
        import pyarrow as pa

        self._path.mkdir()
        data = str(self._path / self._DATA)
        with pa.OSFile(data, "wb") as sink, pa.ipc.new_stream(sink, schema) as stream:
            for batch in self._batches(schema):
                stream.write_batch(batch)
        info = {"citation": "", "description": "", "homepage": "", "license": ""}
        state: dict[str, Any] = {
            "_data_files": [{"filename": self._DATA}],
            "_fingerprint": self._spool.fingerprint()[:_FINGERPRINT_LENGTH],
            "_format_columns": None,
            "_format_kwargs": {},
            "_format_type": None,
            "_output_all_columns": False,
            "_split": None,
        }
        for name, content in zip(DATASET_FILES, (info, state), strict=True):
            (self._path / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def _require_pyarrow() -> None:
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise DataError(
            "Parquet files and Hugging Face folders need pyarrow: pip install 'ftlab[data]'."
        )
