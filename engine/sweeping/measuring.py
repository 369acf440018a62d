"""By what the trials of a sweep are ranked."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from engine.comparing.metrics import direction_of
from engine.errors import RequestError
from engine.results import ResultRow
from store.queries.metrics import SeriesSummary, series_list

EVALUATION_LOSS = "evaluation loss"
TRAINING_LOSS = "training loss"
_BEST = "best:"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is held against each other.

    Attributes:
        name: the evaluation loss with which each training ended (of its last evaluation, or of the
            best one where that model is kept); the mean training loss of the last tenth of the
            steps; or a metric: its last value, or its best one (`best:eval_accuracy`).
        direction: -1 if lower values are better, 1 if higher ones are.
    """

    name: str
    direction: int

    @property
    def key(self) -> str | None:
        """What it is asked for by; None if it is what counts where nothing is asked for."""
        return None if self.name in (EVALUATION_LOSS, TRAINING_LOSS) else self.name


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a trial that succeeded.

    Attributes:
        job: the id of its job.
        result: what is known of its model.
    """

    job: str
    result: ResultRow


def check_measure(by: str | None) -> None:
    """See that trials can be ranked by a metric.

    Raises:
        RequestError: if nobody knows whether more of it is better.
    """
    if by is not None and not direction_of(_metric(by)):
        raise RequestError(
            f"nobody knows whether more of {by} is better: rank by a metric of loss, perplexity, "
            "accuracy or reward"
        )


def measure_all(
    connection: sqlite3.Connection, by: str | None, made: Sequence[Made]
) -> tuple[Measure, dict[str, float]]:
    """Return what trials are ranked by, and the value of each job that has a finite one.

    Args:
        connection: where to read.
        by: the metric that was asked for; None for the evaluation loss or, where nothing was
            evaluated, the training loss.
        made: the trials that succeeded.
    """
    if by is not None:
        values = {each.job: _of_series(series_list(connection, each.job), by) for each in made}
        return Measure(by, direction_of(_metric(by))), _finite(values)
    evaluated = _finite({each.job: each.result.evaluation.loss for each in made})
    if evaluated:
        return Measure(EVALUATION_LOSS, -1), evaluated
    learned = _finite({each.job: each.result.training_loss for each in made})
    return Measure(TRAINING_LOSS if learned else EVALUATION_LOSS, -1), learned


def _metric(by: str) -> str:
    return by.removeprefix(_BEST)


def _of_series(found: Sequence[SeriesSummary], by: str) -> float | None:
    name = _metric(by)
    summary = next((each for each in found if each.name == name), None)
    if summary is None:
        return None
    if not by.startswith(_BEST):
        return summary.last
    return summary.low if direction_of(name) < 0 else summary.high


def _finite(values: dict[str, float | None]) -> dict[str, float]:
    return {
        job: value for job, value in values.items() if value is not None and math.isfinite(value)
    }
