"""Reading what a comparison shows, from threads: at first, and whenever more of it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from store.errors import StoreError
from store.queries.compared import streams_told_of

if TYPE_CHECKING:
    from engine.comparing.answers import Asked
    from engine.comparing.data import DataDifference
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import SuiteComparison
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow


@dataclass
class SubjectsRead(Message):
    """What is compared was read; `missing` tells of what cannot be compared, in words."""

    head: int
    subjects: Mapping[str, Subject]
    missing: Sequence[str]


@dataclass
class AnswersRead(Message):
    """What the models answered was read; `models` are those that were asked for."""

    models: frozenset[str]
    asked: list[Asked]


@dataclass
class SuitesRead(Message):
    """How what is compared did in suites was read; `trouble` says why it could not be."""

    compared: tuple[str, ...]
    found: Sequence[SuiteComparison]
    trouble: str | None = None


@dataclass
class DataRead(Message):
    """It was found out how some dataset versions differ."""

    found: Mapping[tuple[str, str], DataDifference]


@dataclass
class Told(Message):
    """The log has news, up to `head`, of these streams that belong to what is compared."""

    head: int
    streams: frozenset[str]


def read_subjects(lab: Lab, references: Sequence[str]) -> SubjectsRead:
    """Read jobs and models, by the references that stand for them; each stands once."""
    from engine.comparing.subjects import subject

    # Before they are read: whatever comes meanwhile is read once more.
    head = lab.database.head()
    found: dict[str, Subject] = {}
    seen: dict[tuple[str | None, str | None], str] = {}
    missing = []
    for reference in references:
        try:
            each = subject(lab.database.reader, reference)
        except StoreError as error:
            missing.append(str(error))
            continue
        key = (each.job.id if each.job else None, each.recorded_as)
        if key in seen:
            missing.append(f"{each.name} is compared already: {seen[key]} means the same")
            continue
        seen[key] = reference
        found[each.id] = each
    return SubjectsRead(head, found, missing)


def read_answers(lab: Lab, models: Iterable[str]) -> AnswersRead:
    """Read what models answered."""
    from engine.comparing.answers import recorded_answers

    wanted = sorted(models)
    asked = recorded_answers(lab.database.reader, lab.blobs, wanted)
    return AnswersRead(frozenset(wanted), asked)


def read_suites(lab: Lab, compared: Sequence[Subject]) -> SuitesRead:
    """Read how models did in suites, the others held against the first of them."""
    from engine.comparing.suites import suite_comparisons
    from engine.data.errors import MissingPackageError
    from engine.scoring.errors import ScorerError

    ids = tuple(each.id for each in compared)
    try:
        found = suite_comparisons(lab.database.reader, lab.blobs, compared)
    except (MissingPackageError, ScorerError, StoreError) as error:
        return SuitesRead(ids, (), str(error))
    return SuitesRead(ids, found)


def read_data(lab: Lab, pairs: Iterable[tuple[DatasetRow, DatasetRow]]) -> DataRead:
    """Find out how dataset versions differ."""
    from engine.comparing.data import data_difference

    return DataRead(
        {
            (before.id, after.id): data_difference(lab.blobs, before, after)
            for before, after in pairs
        }
    )


def read_news(lab: Lab, after: int, streams: Sequence[str]) -> Told | None:
    """Look whether anything was told of these streams."""
    head = lab.database.head()
    told = streams_told_of(lab.database.reader, after, streams)
    return Told(head, told) if told else None
