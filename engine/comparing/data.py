"""How dataset versions that jobs learned from differ, in numbers of examples."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.errors import StoreError

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from store.blobs import BlobStore
    from store.queries.datasets import DatasetRow

MOST_BYTES = 64_000_000
"""Of a version that is read for this; of larger ones the difference is worth a command."""


@dataclass(frozen=True, slots=True)
class DataDifference:
    """How a dataset version differs from another.

    Attributes:
        before: the version that it is held against.
        after: the version.
        same: how many examples both have, wherever they stand.
        removed: how many only the one before has; one that was changed counts here, too.
        added: how many only this one has; one that was changed counts here, too.
        why_not: why that was not found out, in words; then all numbers are 0.
    """

    before: DatasetRow
    after: DatasetRow
    same: int = 0
    removed: int = 0
    added: int = 0
    why_not: str | None = None


def pairs(versions: Iterable[DatasetRow | None]) -> list[tuple[DatasetRow, DatasetRow]]:
    """Return each other version together with the first of them, which it is held against."""
    distinct = {version.id: version for version in versions if version is not None}
    first, *others = distinct.values() or (None,)
    return [] if first is None else [(first, other) for other in others if other is not None]


def data_differences(blobs: BlobStore, subjects: Sequence[Subject]) -> list[DataDifference]:
    """Tell how the versions differ that they learned from, then those they were evaluated on."""
    learned, held_out = (pairs(each) for each in zip(*map(_versions, subjects), strict=True))
    return [data_difference(blobs, *each) for each in dict.fromkeys((*learned, *held_out))]


def _versions(of: Subject) -> tuple[DatasetRow | None, DatasetRow | None]:
    return of.data, of.validation


def data_difference(blobs: BlobStore, before: DatasetRow, after: DatasetRow) -> DataDifference:
    """Count which examples two versions share; of what cannot be read, say why."""
    if before.content == after.content:
        return DataDifference(before, after, same=before.examples)
    if max(before.bytes, after.bytes) > MOST_BYTES:
        command = f"ftlab data diff {_called(before)} {_called(after)}"
        return DataDifference(before, after, why_not=f"too large to compare here: `{command}`")
    try:
        old, new = _examples(blobs, before), _examples(blobs, after)
    except (StoreError, OSError) as error:
        return DataDifference(before, after, why_not=str(error))
    same = (old & new).total()
    return DataDifference(before, after, same, old.total() - same, new.total() - same)


def _examples(blobs: BlobStore, version: DatasetRow) -> Counter[bytes]:
    with blobs.verified(version.content).open("rb") as file:
        return Counter(hashlib.blake2b(line, digest_size=16).digest() for line in file)


def _called(version: DatasetRow) -> str:
    return f"{version.name}@{version.version}"
