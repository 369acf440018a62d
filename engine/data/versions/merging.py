"""One dataset version out of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.data.cleaning.exact import example_digest
from engine.data.errors import DataError
from engine.data.shapes.example import Record
from engine.data.versions.contents import Progress, lines_of, record_of
from engine.data.versions.recording import Counts, Draft, check_name, record_version
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow


def merge_versions(
    lab: Lab,
    references: Sequence[str],
    name: str,
    *,
    dedupe: bool = False,
    progress: Progress | None = None,
) -> tuple[DatasetRow, int]:
    """Record the examples of several versions, one after the other, as a version of `name`.

    Args:
        lab: where.
        references: the versions, at least two.
        name: the dataset's name.
        dedupe: leave out examples that equal an earlier one, whatever the columns beside them.
        progress: told of bytes read.

    Returns:
        The version, and how many examples were left out as duplicates.

    Raises:
        DataError: if there are fewer than two versions, or they are of different kinds.
        NotFoundError: if one does not exist.
    """
    check_name(name)
    wholes = [queries.dataset(lab.database.reader, reference) for reference in references]
    if len(wholes) < 2:
        raise DataError("Name at least two dataset versions to merge.")
    _require_one_kind(wholes)
    counts, seen, left_out = Counts(), set[bytes](), 0
    with lab.blobs.write() as blob:
        for whole in wholes:
            for line in lines_of(lab, whole, progress):
                record = record_of(line)
                if dedupe and not _is_new(record, seen):
                    left_out += 1
                    continue
                blob.write(line)
                counts.add(record)
    recipe = {
        "made": "merged",
        "of": [f"{whole.name}@{whole.version}" for whole in wholes],
        **({"dedupe": True, "left_out": left_out} if dedupe else {}),
    }
    draft = Draft(name, counts, [whole.id for whole in wholes], recipe)
    return record_version(lab, draft, blob)[0], left_out


def _is_new(record: Record, seen: set[bytes]) -> bool:
    digest = example_digest(record)
    if digest in seen:
        return False
    seen.add(digest)
    return True


def _require_one_kind(wholes: Sequence[DatasetRow]) -> None:
    if len({whole.kind for whole in wholes}) > 1:
        named = ", ".join(f"{whole.name}@{whole.version} has {whole.kind}" for whole in wholes)
        raise DataError(f"Examples of different kinds cannot be merged: {named}.")
