"""Dividing a dataset version into training, validation and test versions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.data.cleaning.groups import joined
from engine.data.errors import DataError
from engine.data.versions.contents import Progress, lines_of, record_of, records_of
from engine.data.versions.criteria import values_of
from engine.data.versions.grouped import assign_grouped
from engine.data.versions.recording import Counts, Draft, record_version
from engine.data.versions.splitting import Part, assign
from engine.data.versions.stratified import absent_strata, assign_stratified
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
        group: what stays on one side: any of the same and `near-duplicates`. What belongs together
            by one of them, or by several in turn, does.
    """

    test: float = 0.1
    validation: float = 0.0
    seed: int = 0
    stratify: str | None = None
    group: tuple[str, ...] = ()


class Absence(NamedTuple):
    """Values that should have a share in a part and have none.

    Attributes:
        part: the part.
        names: the values, as they can be printed; some may be too long to be told apart.
        values: how many values there are in all.
    """

    part: Part
    names: list[str]
    values: int


@dataclass(frozen=True, slots=True)
class Split:
    """What dividing a version came to.

    Attributes:
        parts: the versions by part, in the order of `Part`; a part of size 0 is not made.
        alone: how many examples were drawn each on its own, because they have nothing of what was
            to be grouped by, where there are any.
        absent: the values that are missing from a part of a stratified split.
        stale: the newest versions of parts that this split has not: of another split, they may
            share examples with its parts.
    """

    parts: dict[str, DatasetRow]
    alone: dict[str, int]
    absent: list[Absence]
    stale: list[DatasetRow]


@dataclass(slots=True)
class _Assigned:
    """The part of every example, and what is to be told of that; see `Split`."""

    parts: bytearray
    alone: dict[str, int] = field(default_factory=dict)
    absent: list[Absence] = field(default_factory=list)


def split_version(
    lab: Lab, reference: str, sizes: SplitSizes, progress: Progress | None = None
) -> Split:
    """Record `name/train`, `name/validation` and `name/test` out of a dataset version.

    The same version, sizes and seed give the same parts, so splitting again makes nothing new.

    Raises:
        DataError: if the sizes leave nothing for a part, or there is no such column.
        NotFoundError: if there is no such version.
    """
    whole = queries.dataset(lab.database.reader, reference)
    assigned = _assigned(lab, whole, sizes)
    parts = [part for part in Part if part in assigned.parts]
    counts = {part: Counts() for part in parts}
    with ExitStack() as stack:
        blobs = {part: stack.enter_context(lab.blobs.write()) for part in parts}
        for row, line in zip(assigned.parts, lines_of(lab, whole, progress), strict=True):
            part = Part(row)
            blobs[part].write(line)
            counts[part].add(record_of(line))
    made = {
        part.label: _record(lab, whole, part, sizes, blobs[part], counts[part]) for part in parts
    }
    _record_split(lab, whole, sizes, made)
    return Split(made, assigned.alone, assigned.absent, _stale(lab, whole, made))


def _assigned(lab: Lab, whole: DatasetRow, sizes: SplitSizes) -> _Assigned:
    wanted: dict[str, Any] = {
        "test": sizes.test,
        "validation": sizes.validation,
        "seed": sizes.seed,
    }
    if sizes.stratify and sizes.group:
        raise DataError("A split keeps shares or keeps groups together, not both: choose one.")
    if sizes.stratify:
        return _stratified(lab, whole, sizes.stratify, wanted)
    if sizes.group:
        return _grouped(lab, whole, sizes.group, wanted)
    return _Assigned(assign(whole.examples, **wanted))


def _stratified(lab: Lab, whole: DatasetRow, by: str, wanted: dict[str, Any]) -> _Assigned:
    values = values_of(records_of(lab, whole), by)
    parts = assign_stratified(values.numbers, **wanted)
    absent = [
        Absence(part, [values.names[number] for number in strata], len(values.names))
        for part, strata in absent_strata(values.numbers, parts).items()
        if strata
    ]
    return _Assigned(parts, absent=absent)


def _grouped(
    lab: Lab, whole: DatasetRow, criteria: Sequence[str], wanted: dict[str, Any]
) -> _Assigned:
    groupings: list[Sequence[int]] = []
    alone: dict[str, int] = {}
    for by in criteria:
        if by == NEAR_DUPLICATES:
            from engine.data.versions.nearness import groups_of

            groupings.append(groups_of(lab, whole))
            continue
        values = values_of(records_of(lab, whole), by)
        groupings.append(values.groups())
        if values.without:
            alone[by] = values.without
    return _Assigned(assign_grouped(joined(groupings), **wanted), alone)


def _stale(lab: Lab, whole: DatasetRow, made: dict[str, DatasetRow]) -> list[DatasetRow]:
    reader = lab.database.reader
    others = [part.label for part in Part if part.label not in made]
    found = (queries.versions_of(reader, f"{whole.name}/{label}") for label in others)
    return [versions[-1] for versions in found if versions]


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
    recipe |= {"group": list(sizes.group)} if sizes.group else {}
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
