"""Dividing a dataset version into training, validation and test versions."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.data.versions.importing import Progress
from engine.data.versions.recording import Counts, record_version
from engine.data.versions.splitting import Part, assign
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.blobs import BlobWriter
    from store.queries.datasets import DatasetRow

_ROWS_BETWEEN_REPORTS = 2000


@dataclass(frozen=True, slots=True)
class SplitSizes:
    """How large the parts shall be: fractions below 1 or whole numbers of examples; 0 for none."""

    test: float = 0.1
    validation: float = 0.0
    seed: int = 0


def split_version(
    lab: Lab, reference: str, sizes: SplitSizes, progress: Progress | None = None
) -> dict[str, DatasetRow]:
    """Record `name/train`, `name/validation` and `name/test` out of a dataset version.

    The same version, sizes and seed give the same parts, so splitting again makes nothing new.

    Returns:
        The versions by part; a part of size 0 is not made.

    Raises:
        DataError: if the sizes leave nothing for a part.
        NotFoundError: if there is no such version.
    """
    from pydantic_core import from_json

    whole = queries.dataset(lab.database.reader, reference)
    assigned = assign(whole.examples, test=sizes.test, validation=sizes.validation, seed=sizes.seed)
    parts = [part for part in Part if part in assigned]
    counts = {part: Counts() for part in parts}
    with ExitStack() as stack:
        file = stack.enter_context(lab.blobs.verified(whole.content).open("rb"))
        blobs = {part: stack.enter_context(lab.blobs.write()) for part in parts}
        read = 0
        for row, (number, line) in zip(assigned, enumerate(file, 1), strict=True):
            part = Part(row)
            blobs[part].write(line)
            counts[part].add(from_json(line))
            read += len(line)
            if progress is not None and number % _ROWS_BETWEEN_REPORTS == 0:
                progress(read, whole.bytes)
    made = {
        part.label: _record(lab, whole, part, sizes, blobs[part], counts[part]) for part in parts
    }
    _record_split(lab, whole, sizes, made)
    return made


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
    name = f"{whole.name}/{part.label}"
    version, _ = record_version(
        lab, name, blob.hexdigest(), blob.size, counts, parent=whole.id, recipe=recipe
    )
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
