"""Which examples of a version have to stay on one side of a split, because they are nearly one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.cleaning.groups import joined
from engine.data.cleaning.index import near_groups
from engine.data.cleaning.near import PROMPTS, WHOLE, NearKeys, require_rensa
from engine.data.parallel import in_order
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow

if TYPE_CHECKING:
    from engine.data.reading.reader import RowBatch
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow


def groups_of(lab: Lab, version: DatasetRow) -> list[int]:
    """Return the group of every example, by the row of the group's first example.

    Near duplicates, whatever their numbers, share one, and so do examples with nearly the same
    prompt, however they are answered: divided, they would leak from one part into another, and a
    check of the parts would find them by these very keys. Of more than a hundred prompts of one
    template some pairs may be missed, by either.

    Raises:
        MissingPackageError: if the package that this needs is not installed.
    """
    return joined(near_groups(_keys_of(lab, version, keys)) for keys in (WHOLE, PROMPTS))


def _keys_of(lab: Lab, version: DatasetRow, maker: NearKeys) -> Iterator[bytes]:
    require_rensa()
    stored = lab.blobs.verified(version.content)
    with read_rows(stored, ReadingOptions(file_format="jsonl")) as rows:
        for keys in in_order(_Keys(maker), rows.batches()):
            yield from keys


@dataclass(frozen=True, slots=True)
class _Keys:
    """Makes the keys of a batch; it travels to other processes."""

    maker: NearKeys

    def __call__(self, batch: RowBatch) -> list[bytes]:
        return [
            self.maker.key(row.value) for row in batch.rows() if not isinstance(row.value, BadRow)
        ]
