"""Dividing a dataset version into training, validation and test versions."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.versions.contents import Progress, lines_of, record_of, records_of
from engine.data.versions.criteria import numbered
from engine.data.versions.grouped import assign_grouped
from engine.data.versions.recording import Counts, Draft, record_version
from engine.data.versions.splitting import Part, assign
from engine.data.versions.stratified import assign_stratified
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.blobs import BlobWriter
    from store.queries.datasets import DatasetRow


NEAR_DUPLICATES = "near-duplicates"
"""What to group by so that examples that are almost the same stay on one side."""


@dataclass(frozen=True, slots=True)
class SplitSizes:
    """How a version is divided.

    Attributes:
        test: the test part: a fraction below 1 or a whole number of examples; 0 for none.
        validation: the validation part, likewise.
        seed: another seed draws other examples.
        stratify: what each part shall have in the same shares: `answer`, `prompt`, `system` or a
            column.
        group: what stays on one side: the same, or `near-duplicates`.
    """

    test: float = 0.1
    validation: float = 0.0
    seed: int = 0
    stratify: str | None = None
    group: str | None = None


def split_version(
    lab: Lab, reference: str, sizes: SplitSizes, progress: Progress | None = None
) -> dict[str, DatasetRow]:
    """Record `name/train`, `name/validation` and `name/test` out of a dataset version.

    The same version, sizes and seed give the same parts, so splitting again makes nothing new.

    Returns:
        The versions by part; a part of size 0 is not made.

    Raises:
        DataError: if the sizes leave nothing for a part, or there is no such column.
        NotFoundError: if there is no such version.
    """
    whole = queries.dataset(lab.database.reader, reference)
    assigned = _assigned(lab, whole, sizes)
    parts = [part for part in Part if part in assigned]
    counts = {part: Counts() for part in parts}
    with ExitStack() as stack:
        blobs = {part: stack.enter_context(lab.blobs.write()) for part in parts}
        for row, line in zip(assigned, lines_of(lab, whole, progress), strict=True):
            part = Part(row)
            blobs[part].write(line)
            counts[part].add(record_of(line))
    made = {
        part.label: _record(lab, whole, part, sizes, blobs[part], counts[part]) for part in parts
    }
    _record_split(lab, whole, sizes, made)
    return made


def _assigned(lab: Lab, whole: DatasetRow, sizes: SplitSizes) -> bytearray:
    wanted: dict[str, Any] = {
        "test": sizes.test,
        "validation": sizes.validation,
        "seed": sizes.seed,
    }
    if sizes.stratify and sizes.group:
        raise DataError("A split keeps shares or keeps groups together, not both: choose one.")
    if sizes.stratify:
        return assign_stratified(numbered(records_of(lab, whole), sizes.stratify), **wanted)
    if sizes.group:
        return assign_grouped(_groups(lab, whole, sizes.group), **wanted)
    return assign(whole.examples, **wanted)


def _groups(lab: Lab, whole: DatasetRow, by: str) -> list[int]:
    if by != NEAR_DUPLICATES:
        return numbered(records_of(lab, whole), by)
    from engine.data.versions.nearness import groups_of

    return groups_of(lab, whole)


def _record(
    lab: Lab, whole: DatasetRow, part: Part, sizes: SplitSizes, blob: BlobWriter, counts: Counts
) -> DatasetRow:
    recipe: dict[str, Any] = {
        "made": "split",
        "part": part.label,
        "of": f"{whole.name}@{whole.version}",
        "test": sizes.test,
        "validation": sizes.validation,
        "seed": sizes.seed,
    }
    recipe |= {"stratify": sizes.stratify} if sizes.stratify else {}
    recipe |= {"group": sizes.group} if sizes.group else {}
    name = f"{whole.name}/{part.label}"
    version, _ = record_version(lab, Draft(name, counts, (whole.id,), recipe), blob)
    return version


def _record_split(
    lab: Lab, whole: DatasetRow, sizes: SplitSizes, made: dict[str, DatasetRow]
) -> None:
    from store.events import DatasetSplit
    from store.log import Entry

    parts = {label: version.id for label, version in made.items()}
    fact = DatasetSplit(
        version=whole.id,
        parts=parts,
        seed=sizes.seed,
        test=sizes.test,
        validation=sizes.validation,
    )
    key = "split:" + ",".join(sorted(parts.values()))
    lab.log.append(f"dataset/{whole.name}", Entry(fact, key=key))
