"""How a sweep stands: its trials, the best first, as far as they have come."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.results import ResultRow, results
from engine.sweeping.measuring import Made, Measure, measure_all
from store import job_status
from store.queries.jobs import JobSummary, jobs_by_id
from store.queries.models import model_list
from store.queries.sweeps import SweepRow, TrialRow, trials


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as it stands.

    Attributes:
        number: from 1, in the order in which they were planned.
        settings: what it differs by from the others.
        examples: how many it learns from.
        job: its job.
        result: what is known of its model; None if it has made none.
        value: by what it is ranked; None if it is not.
        rank: its place, 1 for the best; None if it is not ranked.
    """

    number: int
    settings: dict[str, Any]
    examples: int
    job: JobSummary
    result: ResultRow | None
    value: float | None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sweep stands.

    Attributes:
        sweep: the sweep.
        measure: by what its trials are ranked.
        ranked: the trials that succeeded and were measured, the best first.
        others: the other ones, by their numbers.
    """

    sweep: SweepRow
    measure: Measure
    ranked: tuple[Trial, ...]
    others: tuple[Trial, ...]

    @property
    def trials(self) -> list[Trial]:
        """All trials by their numbers."""
        return sorted((*self.ranked, *self.others), key=lambda trial: trial.number)

    @property
    def gain(self) -> float | None:
        """How much better the best is than the worst, in the metric's unit; None without two."""
        if len(self.ranked) < 2:
            return None
        return abs(_value(self.ranked[0]) - _value(self.ranked[-1]))


def standing(connection: sqlite3.Connection, sweep: SweepRow, by: str | None = None) -> Standing:
    """Return how a sweep stands.

    Args:
        connection: where to read.
        sweep: the sweep.
        by: the metric to rank by; the one that it was planned with if None.
    """
    rows = trials(connection, sweep.id)
    known = {job.id: job for job in jobs_by_id(connection, [row.job for row in rows])}
    made = _made(connection, [job for job in known.values() if _succeeded(job)])
    measure, values = measure_all(
        connection, by or sweep.by, [Made(job, result) for job, result in made.items()]
    )
    found = [
        _trial(row, known[row.job], made.get(row.job), values.get(row.job))
        for row in rows
        if row.job in known
    ]
    ranked = sorted(
        (trial for trial in found if trial.value is not None),
        key=lambda trial: (-measure.direction * _value(trial), trial.number),
    )
    return Standing(
        sweep,
        measure,
        tuple(_at(trial, place) for place, trial in enumerate(ranked, start=1)),
        tuple(trial for trial in found if trial.value is None),
    )


def _succeeded(job: JobSummary) -> bool:
    return job.status == job_status.SUCCEEDED


def _made(connection: sqlite3.Connection, jobs: Sequence[JobSummary]) -> dict[str, ResultRow]:
    """Return what is known of the models that jobs have made, by the jobs."""
    wanted = {job.id for job in jobs}
    if not wanted:
        return {}
    # The newest first, so that of a job's several models its last one stays.
    models = {row.job: row.id for row in reversed(model_list(connection)) if row.job in wanted}
    if not models:
        return {}
    found = {row.id: row for row in results(connection, list(models.values()))}
    return {job: found[model] for job, model in models.items() if job is not None}


def _trial(row: TrialRow, job: JobSummary, result: ResultRow | None, value: float | None) -> Trial:
    return Trial(row.number, json.loads(row.settings_json), row.examples, job, result, value)


def _at(trial: Trial, rank: int) -> Trial:
    return Trial(
        trial.number, trial.settings, trial.examples, trial.job, trial.result, trial.value, rank
    )


def _value(trial: Trial) -> float:
    return 0.0 if trial.value is None else trial.value
