"""Rows out of a file of any known format: the memory used does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from engine.closing import Closing
from engine.data.errors import DataError
from engine.data.reading.delimited import Delimited
from engine.data.reading.hub import HubDataset, is_hub_id
from engine.data.reading.huggingface import DatasetFolder, SavedDataset, is_dataset_folder
from engine.data.reading.jsondocument import JsonDocument
from engine.data.reading.jsonlines import JsonLines
from engine.data.reading.markdown import Markdown
from engine.data.reading.options import ReadingOptions
from engine.data.reading.parquet import Parquet
from engine.data.reading.plaintext import PlainText
from engine.data.reading.reader import RowBatch, RowReader
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import Row
from engine.data.reading.sniffing import Format, chosen_format, named_format
from engine.data.reading.source import STANDARD_INPUT, Source, shown_name
from engine.data.reading.workbook import Workbook

READERS: Mapping[Format, Callable[[Source, ReadingOptions], RowReader]] = {
    "jsonl": JsonLines,
    "csv": Delimited,
    "json": JsonDocument,
    "text": PlainText,
    "markdown": Markdown,
    "parquet": Parquet,
    "xlsx": Workbook,
}
"""The reader of each format that is a file."""

Item = TypeVar("Item")
_AS_IT_IS = ReadingOptions()


class RowFile(Closing):
    """An opened file of rows, read once and closed at its end or by its `with` block.

    Args:
        reader: what reads it.
        file_format: how it is read.

    Attributes:
        name: the file's path, as text to print and to record.
        size: its bytes, or None if it has no size (a pipe).
        file_format: how it is read.
        encoding: the encoding of its text; None for what is no text.
        columns: the header's names, or the fields of the first rows; empty if none is known.
        place: what the number of a row counts ("line"), with the part of the file it counts in
            ("sheet 'Data', row").
        notes: in which ways the file was taken for something else than it says, each as a clause.
    """

    def __init__(self, reader: RowReader, file_format: Format, notes: tuple[str, ...] = ()) -> None:
        self._reader = reader
        self.name = reader.source.name
        self.size = reader.source.size
        self.file_format = file_format
        self.encoding = reader.source.encoding
        self.columns = reader.columns
        self.place = reader.place
        self.notes = notes + reader.notes

    @property
    def position(self) -> int:
        """How many bytes have been read so far, packed as they are; `size` at the end."""
        return self._reader.source.position

    @property
    def unpacked(self) -> tuple[str, ...]:
        """The columns whose cells held JSON and are given as what it says.

        Known once the first row has been given.
        """
        return self._reader.unpacked

    @property
    def repairs(self) -> Repairs:
        """What was mended in the rows given one by one; each of the `batches` tells its own."""
        return self._reader.repairs

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order, those that cannot be read among them.

        Raises:
            DataError: if the file cannot be read on, or holds no row at all.
        """
        return self._watched(self._reader.__iter__)

    def batches(self) -> Iterator[RowBatch]:
        """Give the very same rows in batches, which can travel to other processes.

        Raises:
            DataError: if the file cannot be read on, or holds no row at all.
        """
        return self._watched(self._reader.batches)

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self._reader.source.close()

    def _watched(self, start: Callable[[], Iterator[Item]]) -> Iterator[Item]:
        try:
            items = start()
            first = next(items, None)
            if first is None:
                raise DataError(f"{self.name} holds no rows.")
            yield first
            yield from items
            self._reader.source.finish()
        except OSError as error:
            raise DataError(f"{self.name} cannot be read on: {error.strerror or error}.") from error
        finally:
            self.close()


def read_rows(path: Path | Literal["-"], options: ReadingOptions = _AS_IT_IS) -> RowFile:
    """Open a file of rows.

    Args:
        path: the file, a pipe, a folder that `save_to_disk` wrote, or `-` for the standard input;
            with the format `huggingface` also the id of a dataset of the hub.
        options: how to read it; what is left out, the file tells.

    Raises:
        WishError: if an option means nothing for a file of its format.
        DataError: if the file is missing, unreadable, empty or of no known format, or the options
            do not fit it.
    """
    wish = None if options.file_format is None else named_format(options.file_format)
    if str(path) != STANDARD_INPUT:
        if _is_folder(Path(path)):
            return RowFile(_saved(Path(path), wish, options), "huggingface")
        if wish == "huggingface":
            return RowFile(_of_hub(Path(path), options), "huggingface")
    source = Source(path, options.member)
    try:
        file_format, notes = chosen_format(source, options)
        options.require_fitting(file_format, source.name, unpacked=source.member is None)
        return RowFile(READERS[file_format](source, options), file_format, notes)
    except BaseException:
        source.close()
        raise


def _saved(path: Path, wish: Format | None, options: ReadingOptions) -> RowReader:
    if wish not in (None, "huggingface") or not is_dataset_folder(path):
        raise DataError(f"{shown_name(path)} is a folder; name a file in it.")
    options.require_fitting("huggingface", shown_name(path))
    folder = DatasetFolder(path, options.member)
    try:
        return SavedDataset(folder, options)
    except BaseException:
        folder.close()
        raise


def _of_hub(path: Path, options: ReadingOptions) -> RowReader:
    name = shown_name(path)
    if path.exists() or not is_hub_id(path.as_posix()):
        raise DataError(
            f"{name} is neither a folder that save_to_disk wrote nor the id of a dataset of the "
            "Hugging Face hub (user/name)."
        )
    options.require_fitting("huggingface", name)
    return HubDataset(path.as_posix(), options)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
