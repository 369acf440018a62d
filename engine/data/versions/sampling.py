"""A part of a dataset version, drawn at random, in proportion, or by length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.data.errors import DataError, WishError
from engine.data.shapes.example import Record, messages_of, texts_of
from engine.data.versions.contents import Progress, lines_of, record_of, records_of
from engine.data.versions.criteria import values_of
from engine.data.versions.recording import Counts, Draft, check_name, record_version
from engine.data.versions.splitting import Part, drawn, random_words, rows_of
from engine.data.versions.stratified import sample_stratified
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

LENGTH = "length"
"""What to stratify by so that short and long examples keep their shares."""

_BANDS = 10

Take = Literal["random", "shortest", "longest"]


@dataclass(frozen=True, slots=True)
class Sample:
    """Which examples to take.

    Attributes:
        size: a fraction below 1 or a whole number of examples.
        take: drawn at random, or the shortest or longest in characters.
        stratify: for random ones, what shall keep its shares: `length`, `answer`, `prompt`,
            `system` or a column.
        seed: another seed draws others.
    """

    size: float
    take: Take = "random"
    stratify: str | None = None
    seed: int = 0


def sample_version(
    lab: Lab, reference: str, name: str, sample: Sample, progress: Progress | None = None
) -> DatasetRow:
    """Record a part of a version as a version of `name`, its examples in their order.

    Raises:
        WishError: if the size is none.
        DataError: if there are not so many examples, or no such column.
        NotFoundError: if there is no such version.
    """
    check_name(name)
    whole = queries.dataset(lab.database.reader, reference)
    chosen = set(_chosen(lab, whole, sample, _wanted(sample.size, whole.examples)))
    counts = Counts()
    with lab.blobs.write() as blob:
        for row, line in enumerate(lines_of(lab, whole, progress)):
            if row in chosen:
                blob.write(line)
                counts.add(record_of(line))
    recipe: dict[str, Any] = {
        "made": "sampled",
        "of": f"{whole.name}@{whole.version}",
        "size": sample.size,
        "take": sample.take,
        **({"stratify": sample.stratify} if sample.stratify else {}),
        **({"seed": sample.seed} if sample.take == "random" else {}),
    }
    return record_version(lab, Draft(name, counts, (whole.id,), recipe), blob)[0]


def _wanted(size: float, count: int) -> int:
    wanted = rows_of("the sample", size, count)
    if wanted == 0:
        raise WishError("A sample of 0 examples would be empty: ask for more.")
    if wanted > count:
        raise DataError(f"A sample of {wanted} cannot be taken of {count} examples.")
    return wanted


def _chosen(lab: Lab, whole: DatasetRow, sample: Sample, wanted: int) -> Iterable[int]:
    if sample.take != "random":
        if sample.stratify:
            raise DataError("Shares can be kept in a random sample only.")
        lengths = [_length(record) for record in records_of(lab, whole)]
        return _extreme(lengths, wanted, longest=sample.take == "longest")
    if sample.stratify is None:
        found = drawn(whole.examples, wanted, 0, random_words(f"{sample.seed} sample"))
        return (row for row, part in enumerate(found) if part == Part.TEST)
    if sample.stratify == LENGTH:
        strata = bands([_length(record) for record in records_of(lab, whole)])
    else:
        strata = values_of(records_of(lab, whole), sample.stratify).numbers
    return sample_stratified(strata, wanted, sample.seed)


def _length(record: Record) -> int:
    return sum(len(text) for message in messages_of(record) for text in texts_of(message))


def _extreme(lengths: Sequence[int], wanted: int, *, longest: bool) -> list[int]:
    """Return the rows of the shortest or longest texts; of equal ones the earlier."""
    sign = -1 if longest else 1
    return sorted(range(len(lengths)), key=lambda row: (sign * lengths[row], row))[:wanted]


def bands(lengths: Sequence[int]) -> list[int]:
    """Return the tenth that each length belongs to, counted from the shortest."""
    if not lengths:
        return []
    ordered = sorted(lengths)
    limits = [ordered[len(ordered) * band // _BANDS] for band in range(1, _BANDS)]
    return [sum(length >= limit for limit in limits) for length in lengths]
