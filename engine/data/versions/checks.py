"""Checking a file or a version, and recording what came of it with the version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.checking.fingerprints import Fingerprints
from engine.data.checking.personal import PersonalData
from engine.data.checking.report import Report
from engine.data.checking.rules import Method
from engine.data.checking.run import KEPT, MINIMUM, CheckSettings, check, fingerprints
from engine.data.errors import WishError
from engine.data.reading.files import RowFile, read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.tokens.tokenizer import TokenizerSpec, tokenizer_for
from engine.pricing.catalogue import catalogue
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.data.reading.reader import RowBatch
    from engine.data.tokens.dataset import TokenCounts
    from engine.lab import Lab
    from store.events import DatasetCounted
    from store.queries.datasets import DatasetRow

Progress = Callable[[int, int | None], None]

STORED = ReadingOptions(file_format="jsonl")
"""How the content of a version is read."""


@dataclass(frozen=True, slots=True)
class CheckWish:
    """What a dataset is checked for.

    Attributes:
        model: the model to be trained, hosted or local; None to count no tokens.
        method: `supervised`, `dpo` or `completion`; None if each row tells.
        against: dataset versions that it should share no example with.
        near: whether near duplicates are looked for too, which takes a while.
    """

    model: str | None = None
    method: Method | None = None
    against: tuple[str, ...] = ()
    near: bool = False


def check_file(
    lab: Lab,
    path: Path,
    wish: CheckWish,
    reading: ReadingOptions | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check a file as it stands, without recording anything.

    Raises:
        DataError: if it cannot be read, or nothing is known of the model.
        NotFoundError: if a version to compare with does not exist.
    """
    if wish.near:
        raise WishError("Near duplicates are looked for in versions: add the file first.")
    with read_rows(path, reading or ReadingOptions()) as rows:
        settings = _settings(lab, wish, rows.name, rows.place)
        return check(told(rows, progress), settings, _others(lab, wish))


def check_version(
    lab: Lab, reference: str, wish: CheckWish, progress: Progress | None = None
) -> tuple[DatasetRow, Report]:
    """Check a version; what was found and counted is recorded with it.

    Raises:
        DataError: if nothing is known of the model.
        NotFoundError: if a version does not exist.
    """
    version = queries.dataset(lab.database.reader, reference)
    settings = _settings(lab, wish, f"{version.name}@{version.version}", "row")
    with read_rows(lab.blobs.verified(version.content), STORED) as rows:
        report = check(told(rows, progress), settings, _others(lab, wish))
    if wish.near:
        report = _with_near(lab, version, wish, report)
    _record(lab, version, wish, report)
    return version, report


def _settings(lab: Lab, wish: CheckWish, name: str, place: str) -> CheckSettings:
    tokenizer, limit, minimum = None, None, MINIMUM
    if wish.model is not None:
        tokenizer = tokenizer_of(lab, wish.model)
        limit = limit_of(lab, wish.model)
        minimum = MINIMUM if tokenizer.kind == "hosted" else 1
    return CheckSettings(
        name,
        place=place,
        method=wish.method,
        tokenizer=tokenizer,
        limit=limit,
        minimum=minimum,
        extra=(PersonalData(),),
    )


def tokenizer_of(lab: Lab, model: str) -> TokenizerSpec:
    """Return what counts a model's tokens, a hosted model's by the encoding that is known of it.

    Raises:
        DataError: if nothing is known of the model.
    """
    known = catalogue(lab.places.prices).get(model)
    return tokenizer_for(model, lab.places.home, encoding=known.encoding if known else None)


def limit_of(lab: Lab, model: str) -> int | None:
    """Return the most tokens that a hosted model takes of an example, if that is known."""
    known = catalogue(lab.places.prices).get(model)
    return None if known is None or known.example_limit is None else known.example_limit.value


def _with_near(lab: Lab, version: DatasetRow, wish: CheckWish, report: Report) -> Report:
    """Add the near duplicates to a report."""
    from engine.data.versions.nearness import (
        NEAR_DUPLICATE,
        NEAR_OVERLAP,
        near_duplicates,
        near_overlaps,
    )

    count, first = near_duplicates(lab, version, KEPT)
    report = report.adding(NEAR_DUPLICATE, first, count)
    for reference in wish.against:
        other = queries.dataset(lab.database.reader, reference)
        count, first = near_overlaps(lab, version, other, KEPT)
        report = report.adding(NEAR_OVERLAP, first, count)
    return report


def _others(lab: Lab, wish: CheckWish) -> dict[str, Fingerprints]:
    return {reference: _fingerprints(lab, reference) for reference in wish.against}


def _fingerprints(lab: Lab, reference: str) -> Fingerprints:
    version = queries.dataset(lab.database.reader, reference)
    with read_rows(lab.blobs.verified(version.content), STORED) as rows:
        return fingerprints(rows.batches())


def told(rows: RowFile, progress: Progress | None) -> Iterator[RowBatch]:
    """Yield a file's batches, telling how far they have come."""
    for batch in rows.batches():
        yield batch
        if progress is not None:
            progress(rows.position, rows.size)


def _record(lab: Lab, version: DatasetRow, wish: CheckWish, report: Report) -> None:
    from store.events import DatasetChecked, Fact

    facts: list[Fact] = [
        DatasetChecked(
            version=version.id,
            method=wish.method or "each row's own",
            model=wish.model,
            errors=report.total("error"),
            warnings=report.total("warning"),
            rules=dict(report.counts),
            report=report.to_json(),
        )
    ]
    # Tokens of rows with an error are not counted, so only a whole count is kept.
    if report.tokens is not None and report.tokens.total.examples == version.examples:
        repeats = report.repeats._asdict()
        facts.append(counted_fact(lab, version, report.tokens, duplicates=repeats))
    lab.log.append(f"dataset/{version.name}", *facts)


def counted_fact(
    lab: Lab,
    version: DatasetRow,
    counted: TokenCounts,
    duplicates: dict[str, int] | None = None,
) -> DatasetCounted:
    """Return what is recorded of a count; every example's tokens go into the blobs."""
    from store.events import DatasetCounted

    return DatasetCounted(
        version=version.id,
        tokenizer=counted.tokenizer,
        tokens=counted.total.total,
        assistant_tokens=counted.assistant.total,
        statistics={
            "total": counted.total.to_json(),
            "assistant": counted.assistant.to_json(),
            "system": counted.system,
            "duplicates": duplicates,
        },
        lengths=lab.blobs.put(counted.total.pack()),
    )
