"""Which fine-tuned models die when, and what is left of them here."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.base_models import EMBEDDED
from engine.planning import LOCAL
from store.projections.hosted import DELETED, GONE, KEPT
from store.queries import models as queries
from store.queries.datasets import DatasetRow, dataset
from store.queries.hosted import RemoteFileRow, remote_file
from store.queries.jobs import job_detail
from store.queries.models import ModelRow
from store.queries.recordings import recording_list

if TYPE_CHECKING:
    from engine.lab import Lab

Data = Literal["rescued", "kept", "gone", "missing"]
"""What is left of a model's training data: a dataset version, a file whose rows are no examples,
nothing because the file was deleted there, or nothing because it has not been taken in."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """A hosted fine-tuned model and its end.

    Attributes:
        model: its id here.
        name: what its provider calls it.
        provider: the profile.
        base_model: what it was trained from.
        retires_on: the day (YYYY-MM-DD) on which it shuts down; None if none is announced.
        days_left: until then; negative if it is over.
        source: who says so: the provider, or ftlab's figures of its base model.
        gone: why it is no more, if it is.
        trained_on: the dataset version, `name@version`, if it is kept here.
        data: what is left of what it was trained on.
        answers: how many of its answers the largest recording of it holds; 0 if there is none.
        recreate: the command that rebuilds it on this machine; None if its data is not here, or is
            nothing to train on here.
    """

    model: str
    name: str
    provider: str
    base_model: str
    retires_on: str | None
    days_left: int | None
    source: str | None
    gone: str | None
    trained_on: str | None
    data: Data
    answers: int
    recreate: str | None

    @property
    def is_rescued(self) -> bool:
        """Whether what it was trained on is kept here."""
        return self.trained_on is not None


class Day(NamedTuple):
    """When a model shuts down, and who says so; None where nobody does."""

    day: str | None
    source: str | None


class Days:
    """Tells when models shut down: as their provider says, else by the figures of the base model.

    Args:
        lab: whose figures.
    """

    def __init__(self, lab: Lab) -> None:
        from engine.pricing.catalogue import catalogue

        self._prices = catalogue(lab.places.prices)

    def of(self, row: ModelRow) -> Day:
        """Return the day of a model."""
        if row.retires_on is not None:
            return Day(row.retires_on, row.provider)
        figures = self._prices.get(row.base_model)
        known = figures.retires if figures is not None else None
        if known is None:
            return Day(None, None)
        return Day(known.value.isoformat(), f"{known.source.title}, {known.source.date}")


def retirements(lab: Lab, today: date) -> list[Retirement]:
    """Return the hosted models, those that die first at the top."""
    days = Days(lab)
    rows = (row for row in queries.model_list(lab.database.reader) if row.kind == "hosted")
    answers = _recorded_answers(lab)
    found = [_retirement(lab, row, days.of(row), today, answers.get(row.id, 0)) for row in rows]
    return sorted(found, key=lambda model: (model.retires_on or "9999", model.name))


def _recorded_answers(lab: Lab) -> dict[str, int]:
    found: dict[str, int] = {}
    for recording in recording_list(lab.database.reader):
        found[recording.model] = max(found.get(recording.model, 0), recording.answers or 0)
    return found


def _retirement(lab: Lab, row: ModelRow, day: Day, today: date, answers: int) -> Retirement:
    version = dataset(lab.database.reader, row.dataset) if row.dataset is not None else None
    return Retirement(
        model=row.id,
        name=row.name,
        provider=row.provider,
        base_model=row.base_model,
        retires_on=day.day,
        days_left=_days_left(day.day, today),
        source=day.source,
        gone=row.gone_reason,
        trained_on=f"{version.name}@{version.version}" if version is not None else None,
        data=data_of(lab, row),
        answers=answers,
        recreate=_command(row, version),
    )


def data_of(lab: Lab, row: ModelRow) -> Data:
    """Tell what is left of what a model was trained on."""
    if row.dataset is not None:
        return "rescued"
    file = training_file_of(lab, row)
    if file is None:
        return "missing"
    if file.state == KEPT:
        return "kept"
    return "gone" if file.state in (GONE, DELETED) else "missing"


def training_file_of(lab: Lab, row: ModelRow) -> RemoteFileRow | None:
    """Return what is known of the file that a model was trained on, if anything is."""
    if row.job is None:
        return None
    job = job_detail(lab.database.reader, row.job)
    if job.training_file is None:
        return None
    return remote_file(lab.database.reader, job.provider, job.training_file)


def _days_left(day: str | None, today: date) -> int | None:
    try:
        return None if day is None else (date.fromisoformat(day) - today).days
    except ValueError:
        return None


def _command(row: ModelRow, version: DatasetRow | None) -> str | None:
    if version is None or version.kind != "chat":
        return None
    words = ["ftlab", "models", "recreate", row.name, "--provider", LOCAL, "--model", EMBEDDED]
    return shlex.join(words)
