"""The examples of recorded versions, read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.data.shapes.example import Record

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

Progress = Callable[[int, int | None], None]
"""Told of bytes done and in all, None where that is unknown."""

LINES_BETWEEN_REPORTS = 2000


def lines_of(lab: Lab, version: DatasetRow, progress: Progress | None = None) -> Iterator[bytes]:
    """Yield a version's examples as they are stored: a line of canonical JSON each.

    Raises:
        NotFoundError: if the content is missing.
        BlobCorruptError: if it has changed.
    """
    done = 0
    with lab.blobs.verified(version.content).open("rb") as file:
        for number, line in enumerate(file, 1):
            yield line
            done += len(line)
            if progress is not None and number % LINES_BETWEEN_REPORTS == 0:
                progress(done, version.bytes)


def records_of(lab: Lab, version: DatasetRow, progress: Progress | None = None) -> Iterator[Record]:
    """Yield a version's examples; see `lines_of`."""
    for line in lines_of(lab, version, progress):
        yield record_of(line)


def record_of(line: bytes) -> Record:
    """Read one stored example."""
    from pydantic_core import from_json

    record: Record = from_json(line, cache_strings="keys")
    return record
