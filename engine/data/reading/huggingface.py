"""Rows out of a folder that `save_to_disk` of Hugging Face's `datasets` wrote."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.reading.arrow import rows_of
from engine.data.reading.choice import chosen
from engine.data.reading.delimited import named_columns
from engine.data.reading.extras import needed_for
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import Row, excerpt
from engine.data.reading.source import shown_name
from engine.data.reading.streams import BUFFER_BYTES, FullFile

if TYPE_CHECKING:
    import pyarrow as pa

STATE_FILE = "state.json"
SPLITS_FILE = "dataset_dict.json"
_MOST_STATE_BYTES = 16 * 1024 * 1024


def is_dataset_folder(path: Path) -> bool:
    """Tell whether `save_to_disk` wrote a folder."""
    return (path / STATE_FILE).is_file() or (path / SPLITS_FILE).is_file()


class DatasetFolder:
    """The Arrow files of a folder, opened one after the other.

    Args:
        path: the folder.
        split: which split, if it holds several.

    Attributes:
        name: the path as text that can be printed and recorded.
        size: the bytes of all files.
        encoding: None: it holds no text.

    Raises:
        DataError: if the folder is damaged or holds several splits.
    """

    def __init__(self, path: Path, split: str | None) -> None:
        self.name = shown_name(path)
        self.encoding: str | None = None
        self._read = 0
        self._file: FullFile | None = None
        try:
            folder = self._split(path, split)
            self._paths = [folder / name for name in self._file_names(folder / STATE_FILE)]
            self.size: int | None = sum(file.stat().st_size for file in self._paths)
        except OSError as error:
            raise self.damage(error.strerror or str(error)) from error

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        return self._read + (self._file.taken if self._file else 0)

    def finish(self) -> None:
        """Note that everything has been read."""
        self.close()
        self._read = self.size or 0

    def close(self) -> None:
        """Close the file that is open; doing it twice is no fault."""
        if self._file is not None:
            self._read += self._file.taken
            self._file.close()
            self._file = None

    def streams(self) -> Iterator[io.BufferedReader]:
        """Give the files, each to be read before the next."""
        for path in self._paths:
            self.close()
            self._file = FullFile(io.FileIO(path))
            yield io.BufferedReader(self._file, BUFFER_BYTES)

    def damage(self, reason: str) -> DataError:
        """Return what to raise if the folder cannot be read."""
        return DataError(f"{self.name} is a damaged dataset folder ({reason}). Save it anew.")

    def _split(self, path: Path, wish: str | None) -> Path:
        """Return the folder of the split that was wished for, or of the only one."""
        if not (path / SPLITS_FILE).is_file():
            if wish is not None:
                raise DataError(f"{self.name} has no splits: leave --member out.")
            return path
        splits = self._state(path / SPLITS_FILE).get("splits")
        names = [name for name in splits if _is_name(name)] if isinstance(splits, list) else []
        return path / chosen(names, wish, what="splits", where=self.name, option="--member")

    def _file_names(self, path: Path) -> list[str]:
        state = self._state(path)
        files = state.get("_data_files")
        if not isinstance(files, list) or state.get("_indices_data_files"):
            raise self.damage("its state.json is not one that save_to_disk writes today")
        names = [entry.get("filename") if isinstance(entry, dict) else None for entry in files]
        if not names or not all(map(_is_name, names)):
            raise self.damage("its state.json names no files")
        return [str(name) for name in names]

    def _state(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            text = file.read(_MOST_STATE_BYTES)
        try:
            state = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.damage(f"its {path.name} is not JSON") from error
        return state if isinstance(state, dict) else {}


class SavedDataset(RowReader):
    """The rows of a dataset folder, numbered from 1.

    Args:
        folder: the folder.
        options: whether a number that is missing (NaN) is read as null.

    Raises:
        DataError: if it is damaged.
    """

    def __init__(self, folder: DatasetFolder, options: ReadingOptions) -> None:
        self._folder = folder
        with needed_for("Hugging Face datasets"):
            import pyarrow as pa
        self._damages = (
            *(pa.lib.ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError),
        )
        batches = self._batches()
        first = next(batches, None)
        if first is None:
            raise DataError(f"{folder.name} holds no rows.")
        self._rest = chain([first], batches)
        names = named_columns(list(first.schema.names), folder.name)
        super().__init__(folder, names, "row")
        self._noting = None if options.repair == "none" else self.repairs

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the order of the files.

        Raises:
            DataError: if a file cannot be read on.
        """
        return rows_of(self._rest, self.columns, self._noting)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        schema = None
        try:
            for stream in self._folder.streams():
                reader = pa.ipc.open_stream(stream)
                schema = schema or reader.schema
                if reader.schema.names != schema.names:
                    raise self._folder.damage("its files have different columns")
                for batch in reader:
                    # What comes from outside is believed only when it has been looked through.
                    batch.validate(full=True)
                    yield batch
        except self._damages as error:
            raise self._folder.damage(excerpt(str(error))) from error


def _is_name(name: object) -> bool:
    """Tell whether something is the name of a file in the folder, and not of one elsewhere."""
    if not isinstance(name, str) or name in ("", ".", "..") or not name.isprintable():
        return False
    return Path(name).name == name
