"""Rows to check or count, wherever they are: in a file, or in a dataset version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.errors import WishError
from engine.data.reading.files import RowFile, read_rows
from engine.data.reading.huggingface import is_dataset_folder
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowBatch
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row
from engine.data.reading.source import STANDARD_INPUT
from engine.data.shapes.example import Record, columns_of
from store.errors import NotFoundError
from store.queries import datasets as queries
from store.queries.datasets import DatasetRow

if TYPE_CHECKING:
    from engine.lab import Lab

Progress = Callable[[int, int | None], None]

_STORED = ReadingOptions(file_format="jsonl", repair="none")
"""How the content of a version is read."""


def file_or_version(lab: Lab, reference: str) -> Path | DatasetRow:
    """Return what a name means: a file if there is one of this name (or `-`), else a version.

    Raises:
        NotFoundError: if there is neither.
        AmbiguousError: if several datasets' names begin so.
    """
    path = Path(reference)
    is_folder = path.is_dir()
    if reference == STANDARD_INPUT or is_dataset_folder(path) or (path.exists() and not is_folder):
        return path
    try:
        return queries.dataset(lab.database.reader, reference)
    except NotFoundError as error:
        if is_folder:
            return path
        raise NotFoundError(f"{reference}: no such file, and {error}") from error


@dataclass(frozen=True, slots=True)
class RowSource:
    """What rows are read from, as often as they are needed.

    Attributes:
        lab: where versions are.
        origin: a file, a folder that `save_to_disk` wrote, or a version.
        reading: how a file is read.
        as_completions: whether a version's examples of one question and its answer are given as
            prompts with their completions.
    """

    lab: Lab
    origin: Path | DatasetRow
    reading: ReadingOptions | None = None
    as_completions: bool = False

    def open(self) -> RowFile:
        """Open it at its first row.

        Raises:
            DataError: if it cannot be read.
        """
        if isinstance(self.origin, Path):
            return read_rows(self.origin, self.reading or ReadingOptions())
        return read_rows(self.lab.blobs.verified(self.origin.content), _STORED)

    def batches(self, rows: RowFile, progress: Progress | None = None) -> Iterator[RowBatch]:
        """Yield the batches of what has been opened, telling how far they have come."""
        converts = self.as_completions and not isinstance(self.origin, Path)
        for batch in rows.batches():
            yield _AsCompletions(batch) if converts else batch
            if progress is not None:
                progress(rows.position, rows.size)

    def called(self, rows: RowFile) -> tuple[str, str]:
        """Return what to call it, and what the numbers of its rows count."""
        if isinstance(self.origin, Path):
            return rows.name, rows.place
        return f"{self.origin.name}@{self.origin.version}", "row"

    def require_again(self) -> None:
        """Make sure that it can be read a second time.

        Raises:
            WishError: if it is a pipe.
        """
        if isinstance(self.origin, Path) and not (self.origin.is_file() or self.origin.is_dir()):
            raise WishError(
                f"{self.origin} can be read only once, and near duplicates are looked for in a "
                "second reading: save it to a file first."
            )


@dataclass(frozen=True, slots=True)
class _AsCompletions:
    """A batch of stored examples, read as prompts with their completions where they can be."""

    batch: RowBatch

    @property
    def count_hint(self) -> int:
        """About how many rows there are."""
        return self.batch.count_hint

    @property
    def repairs(self) -> Repairs:
        """What was mended in the rows."""
        return self.batch.repairs

    def rows(self) -> Iterator[Row]:
        """Give the rows in their order."""
        for line, value in self.batch.rows():
            yield Row(line, value if isinstance(value, BadRow) else _as_completion(value))


def _as_completion(record: Record) -> Record:
    """Return the example as a prompt with its completion; as it is if it says more than that."""
    messages = record.get("messages", ())
    plain = all(len(message) == 2 and isinstance(message["content"], str) for message in messages)
    columns = columns_of(record)
    alone = len(record) == len(columns) + 1
    if not plain or not alone or [m["role"] for m in messages] != ["user", "assistant"]:
        return record
    return columns | {"prompt": messages[0]["content"], "completion": messages[1]["content"]}
