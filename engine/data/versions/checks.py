"""Checking a file or a version, and recording what came of it with the version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from sys import maxsize
from typing import TYPE_CHECKING

from engine.data.checking.fingerprints import Fingerprints
from engine.data.checking.models import model_problems
from engine.data.checking.near import (
    NEAR_DUPLICATE,
    NEAR_OVERLAP,
    Near,
    near_duplicates,
    near_overlaps,
)
from engine.data.checking.personal import PersonalData
from engine.data.checking.report import Report
from engine.data.checking.rules import RULES, Finding, Method
from engine.data.checking.run import KEPT, MINIMUM, CheckSettings, check, fingerprints
from engine.data.reading.files import RowFile
from engine.data.reading.options import ReadingOptions
from engine.data.tokens.tokenizer import TokenizerSpec, tokenizer_for
from engine.data.versions.counting import count_key, counted_fact
from engine.data.versions.row_sources import Progress, RowSource, file_or_version
from engine.pricing.catalogue import catalogue
from store.queries import datasets as queries
from store.times import now

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

ALL = 0
"""As many findings as there are."""


@dataclass(frozen=True, slots=True)
class CheckWish:
    """What a dataset is checked for.

    Attributes:
        model: the model to be trained, hosted or local; None to count no tokens.
        method: `supervised`, `dpo` or `completion`; None if each row tells.
        against: dataset versions and files that it should share no example with.
        near: whether near duplicates are looked for too, which takes a while.
        findings: how many findings of each rule the report has, `ALL` for every one.
        day: when the training would begin; today if left out.
    """

    model: str | None = None
    method: Method | None = None
    against: tuple[str, ...] = ()
    near: bool = False
    findings: int = KEPT
    day: date | None = None


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
        NotFoundError: if what it is compared with does not exist.
    """
    return _checked(lab, RowSource(lab, path, reading), wish, progress)


def check_version(
    lab: Lab, reference: str, wish: CheckWish, progress: Progress | None = None
) -> tuple[DatasetRow, Report]:
    """Check a version; what was found and counted is recorded with it.

    Examples of one question and its answer are checked as prompts with their completions if the
    method is `completion`.

    Raises:
        DataError: if nothing is known of the model.
        NotFoundError: if a version does not exist.
    """
    version = queries.dataset(lab.database.reader, reference)
    source = RowSource(lab, version, as_completions=_as_completions(wish))
    report = _checked(lab, source, wish, progress)
    _record(lab, version, wish, report)
    return version, report


def _checked(lab: Lab, source: RowSource, wish: CheckWish, progress: Progress | None) -> Report:
    others = {name: RowSource(lab, file_or_version(lab, name)) for name in wish.against}
    if wish.near:
        for each in (source, *others.values()):
            each.require_again()
    held_apart = {name: _fingerprints(other) for name, other in others.items()}
    with source.open() as rows:
        settings = _settings(lab, wish, source, rows)
        report = check(source.batches(rows, progress), settings, held_apart)
    if settings.tokenizer is not None and settings.tokenizer.kind == "hosted":
        report = _with_model(lab, wish, report)
    return _with_near(source, others, wish, report) if wish.near else report


def _settings(lab: Lab, wish: CheckWish, source: RowSource, rows: RowFile) -> CheckSettings:
    name, place = source.called(rows)
    tokenizer, limit, minimum = None, None, MINIMUM
    if wish.model is not None:
        tokenizer = tokenizer_of(lab, wish.model)
        limit = _limit_of(lab, wish.model)
        minimum = MINIMUM if tokenizer.kind == "hosted" else 1
    return CheckSettings(
        name,
        place=place,
        method=wish.method,
        tokenizer=tokenizer,
        limit=limit,
        minimum=minimum,
        keep=wish.findings or maxsize,
        extra=(PersonalData(),),
        file_format=rows.file_format if isinstance(source.origin, Path) else None,
        notes=rows.notes,
    )


def tokenizer_of(lab: Lab, model: str) -> TokenizerSpec:
    """Return what counts a model's tokens, a hosted model's by the encoding that is known of it.

    Raises:
        DataError: if nothing is known of the model.
    """
    known = catalogue(lab.places.prices).get(model)
    return tokenizer_for(model, lab.places.home, encoding=known.encoding if known else None)


def _limit_of(lab: Lab, model: str) -> int | None:
    """Return the most tokens that a hosted model takes of an example, if that is known."""
    known = catalogue(lab.places.prices).get(model)
    return None if known is None or known.example_limit is None else known.example_limit.value


def _with_finding(report: Report, name: str, message: str) -> Report:
    rule = RULES[name]
    finding = Finding(rule.severity, name, report.file, None, "", message, "")
    return report.adding(rule, [finding], 1)


def _with_model(lab: Lab, wish: CheckWish, report: Report) -> Report:
    """Add what speaks against the hosted model that is to be trained."""
    day = wish.day or now().date()
    prices = catalogue(lab.places.prices)
    for problem in model_problems(str(wish.model), prices, report.trains_by, day):
        report = _with_finding(report, problem.rule, problem.message)
    return report


def _with_near(
    source: RowSource, others: dict[str, RowSource], wish: CheckWish, report: Report
) -> Report:
    """Add the examples that are nearly others."""
    with source.open() as rows:
        place = source.called(rows)[1]
        found = near_duplicates(source.batches(rows), wish.method)
        said = f"It is nearly the same as {place}"
        report = _adding_near(report, wish, NEAR_DUPLICATE, said, found)
    for other in others.values():
        with source.open() as rows, other.open() as theirs:
            where = ", ".join(other.called(theirs))
            found = near_overlaps(source.batches(rows), other.batches(theirs), wish.method)
            said = f"Its prompt is nearly that of {where}"
            report = _adding_near(report, wish, NEAR_OVERLAP, said, found)
    return report


def _adding_near(
    report: Report, wish: CheckWish, name: str, said: str, found: Iterator[Near]
) -> Report:
    rule = RULES[name]
    findings = [
        Finding(rule.severity, name, report.file, near.line, "", f"{said} {near.of}", "")
        for near in islice(found, wish.findings or None)
    ]
    return report.adding(rule, findings, len(findings) + sum(1 for _ in found))


def _as_completions(wish: CheckWish) -> bool:
    return wish.method == "completion"


def _fingerprints(source: RowSource) -> Fingerprints:
    with source.open() as rows:
        return fingerprints(source.batches(rows))


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
            report=report.to_json(KEPT),
        )
    ]
    # Tokens of rows with an error are not counted, so only a whole count is kept.
    if report.tokens is not None and report.tokens.total.examples == version.examples:
        key = count_key(tokenizer_of(lab, str(wish.model)), as_completions=_as_completions(wish))
        facts.append(counted_fact(lab, version, report.tokens, key))
    lab.log.append(f"dataset/{version.name}", *facts)
