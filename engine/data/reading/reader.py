"""What readers of rows have in common, and the batches in which rows travel to other processes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import Row
from engine.data.reading.source import Opened

BATCH_BYTES = 4 * 1024 * 1024
"""How much of a file goes into one batch: enough that sending it costs little beside reading it."""

_BATCH_ROWS = 2000
_ROWS_AT_ONCE = 100


class RowBatch(Protocol):
    """Consecutive rows of a file, which can be pickled.

    Attributes:
        count_hint: about how many rows there are.
        repairs: what was mended in the rows; whole when `rows` has given all of them.
    """

    @property
    def count_hint(self) -> int:
        """About how many rows there are."""
        ...

    @property
    def repairs(self) -> Repairs:
        """What was mended in the rows."""
        ...

    def rows(self) -> Iterator[Row]:
        """Give the rows in the file's order."""
        ...


@dataclass(frozen=True, slots=True)
class RowList:
    """Rows that have been read already."""

    content: list[Row]
    repairs: Repairs = field(default_factory=Repairs)

    @property
    def count_hint(self) -> int:
        """How many rows there are."""
        return len(self.content)

    def rows(self) -> Iterator[Row]:
        """Give the rows in the file's order."""
        return iter(self.content)


class RowReader(ABC):
    """A format's reader.

    Attributes:
        source: what is read.
        columns: the columns, as far as they are known at the start.
        place: what a row's number counts ("line"), with the part of the file it counts in.
        unpacked: columns whose cells hold JSON and are given as what it says; known once the first
            row has been given.
        repairs: what was mended in the rows given one by one; a batch tells its own.
        notes: in which ways the file was taken for something else than it says.
    """

    def __init__(self, source: Opened, columns: tuple[str, ...], place: str) -> None:
        self.source = source
        self.columns = columns
        self.place = place
        self.unpacked: tuple[str, ...] = ()
        self.repairs = Repairs()
        self.notes: tuple[str, ...] = ()

    @abstractmethod
    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order."""

    def batches(self) -> Iterator[RowBatch]:
        """Give the very same rows in batches."""
        return row_lists(self, lambda: self.source.position, self.repairs)


def row_lists(
    rows: Iterable[Row], position: Callable[[], int], repairs: Repairs
) -> Iterator[RowList]:
    """Give rows in lists of about 2,000, fewer where rows are long.

    Args:
        rows: the rows.
        position: how much of the file has been read, in bytes.
        repairs: what is mended in the rows as they come; it goes with them.
    """
    rest = iter(rows)
    batch: list[Row] = []
    start = position()
    while some := list(islice(rest, _ROWS_AT_ONCE)):
        batch += some
        if len(batch) >= _BATCH_ROWS or position() - start >= BATCH_BYTES:
            yield RowList(batch, repairs.handed_over())
            batch, start = [], position()
    if batch:
        yield RowList(batch, repairs.handed_over())
