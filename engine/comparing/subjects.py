"""What is compared: jobs and models, each with what belongs to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.comparing.metrics import Run
from engine.comparing.models import lineage
from engine.comparing.scores import Evaluated, evaluated
from store.errors import AmbiguousError, NotFoundError
from store.job_status import SUCCEEDED
from store.queries.compared import OtherModel, is_model, is_named, other_model
from store.queries.datasets import DatasetRow, dataset
from store.queries.evaluations import evaluation_list
from store.queries.find import did_you_mean
from store.queries.jobs import JobDetail, job_detail
from store.queries.metrics import SeriesSummary, series_list
from store.queries.models import ModelRow, model, tagged

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Subject:
    """A job, a model version, or a model version with the job that made it.

    Or another model that has answered something: a base model, or one at a service.

    Attributes:
        id: of the job, or of the model version if that was asked for; of another model, what its
            answers are recorded under.
        job: the job; None of a model that no job known here made.
        model: the model version; None of a job that made none, or not yet.
        series: what was measured, by name.
        data: the dataset version that it learned from, if that is known here.
        validation: the dataset version that it was evaluated on, if that is known here.
        lineage: what it was made of: a base model, then the model versions of earlier stages.
        scores: how it does on held-out examples; None if it was never evaluated.
        other: the other model.
        evaluations: the ids of the evaluations that its model, or the other model, had.
    """

    id: str
    job: JobDetail | None
    model: ModelRow | None
    series: Mapping[str, SeriesSummary]
    data: DatasetRow | None
    validation: DatasetRow | None
    lineage: tuple[str, ...]
    scores: Evaluated | None
    other: OtherModel | None = None
    evaluations: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called."""
        if self.other is not None:
            return self.other.name
        if self.model is not None and self.id == self.model.id:
            return self.model.name
        return self.id if self.job is None else self.job.name

    @property
    def run(self) -> Run:
        """What was measured while it was trained, and what that can be compared with."""
        tokens = self.lineage[:1]
        job = self.job
        if job is None:
            return Run(self.series)
        finished = job.status == SUCCEEDED
        learned, held_out = job.dataset or job.training_file, job.validation or job.validation_file
        return Run(self.series, finished, (learned, tokens), (held_out, tokens))

    @property
    def recorded_as(self) -> str | None:
        """What its answers and scores are recorded under; None of a job that made no model."""
        if self.other is not None:
            return self.other.recorded_as
        return None if self.model is None else self.model.id

    @property
    def streams(self) -> tuple[str, ...]:
        """The names of the streams that tell of it."""
        job = [] if self.job is None else [f"job/{self.job.id}"]
        made = self.recorded_as or (self.job.model if self.job else None)
        kinds = ("model", "answers", "scores")
        named = [f"{kind}/{made}" for kind in kinds if made is not None]
        return (*job, *named, *(f"evaluation/{each}" for each in self.evaluations))

    @property
    def is_gone(self) -> bool:
        """Whether its model was deleted, or its provider no longer knows it."""
        return self.model is not None and self.model.gone_at is not None


def subjects(connection: sqlite3.Connection, references: Sequence[str]) -> list[Subject]:
    """Return what references mean; a job and its model, or one thing named twice, stand once.

    Args:
        connection: where to read.
        references: ids, names or beginnings of jobs and model versions.

    Raises:
        NotFoundError: if nothing fits one of them.
        AmbiguousError: if several things do, or several models have a tag.
    """
    found: dict[tuple[str | None, str | None], Subject] = {}
    for reference in references:
        each = subject(connection, reference)
        key = (each.job.id if each.job else None, each.recorded_as)
        found.setdefault(key, each)
    return list(found.values())


def subject(connection: sqlite3.Connection, reference: str) -> Subject:
    """Return what a reference means: a job, or else a model version; see `subjects`.

    The whole name of another model that was asked something, or a tag that one version has, is not
    taken for the beginning of a job's name.
    """
    if is_model(connection, reference):
        return _of_model(connection, model(connection, reference))
    if not is_named(connection, reference):
        if (other := other_model(connection, reference)) is not None:
            return _of_other(connection, other)
        if (meant := tagged(connection, reference)) is not None:
            return _of_model(connection, model(connection, meant))
    try:
        return _of_job(connection, job_detail(connection, reference))
    except NotFoundError:
        pass
    try:
        return _of_model(connection, model(connection, reference))
    except NotFoundError:
        near = did_you_mean(connection, "job", reference)
        near = near or did_you_mean(connection, "model", reference)
        raise NotFoundError(
            f"no job and no model is called '{reference}': `ftlab jobs` and `ftlab models` list "
            "what there is, and base models can be compared once they are evaluated (`ftlab eval`)"
            f"{near}"
        ) from None


def _of_other(connection: sqlite3.Connection, other: OtherModel) -> Subject:
    evaluations = _evaluations(connection, other.recorded_as)
    return Subject(other.recorded_as, None, None, {}, None, None, (), None, other, evaluations)


def _of_model(connection: sqlite3.Connection, made: ModelRow) -> Subject:
    return _whole(connection, made.id, _known(job_detail, connection, made.job), made)


def _of_job(connection: sqlite3.Connection, job: JobDetail) -> Subject:
    made = _known(model, connection, job.model)
    # What a job will make has an id already, which another model's may begin with.
    mine = made if made is not None and made.job == job.id else None
    return _whole(connection, job.id, job, mine)


def _whole(
    connection: sqlite3.Connection, subject_id: str, job: JobDetail | None, made: ModelRow | None
) -> Subject:
    measured = [] if job is None else series_list(connection, job.id)
    learned_from = job.dataset if job is not None else made.dataset if made is not None else None
    return Subject(
        id=subject_id,
        job=job,
        model=made,
        series={summary.name: summary for summary in measured},
        data=_known(dataset, connection, learned_from),
        validation=_known(dataset, connection, job.validation if job else None),
        lineage=lineage(connection, job, made),
        scores=evaluated(connection, job, made),
        evaluations=() if made is None else _evaluations(connection, made.id),
    )


def _evaluations(connection: sqlite3.Connection, recorded_as: str) -> tuple[str, ...]:
    return tuple(row.id for row in evaluation_list(connection, recorded_as))


def _known(
    question: Callable[[sqlite3.Connection, str], _Row],
    connection: sqlite3.Connection,
    reference: str | None,
) -> _Row | None:
    """Look up what may never have been recorded here."""
    try:
        return None if reference is None else question(connection, reference)
    except (NotFoundError, AmbiguousError):
        return None
