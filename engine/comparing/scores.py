"""How jobs and models do on held-out examples, put together by what can be compared.

Loss, perplexity and the accuracy of tokens are recorded as one number for a whole evaluation. How
much they vary from example to example is not, and neither is how many tokens there were: no
interval can be told of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.comparing.metrics import End, Measured, best_among, comparable
from engine.results import Figures, Measure, results
from engine.stages import earlier
from engine.training import scratch
from store.errors import NotFoundError
from store.queries.datasets import dataset
from store.queries.metrics import SeriesSummary, series, series_list

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail
    from store.queries.models import ModelRow

_WHILE_TRAINING = ("eval_loss", "eval_perplexity", "eval_accuracy")
"""What the evaluations of a job on this machine are called while it trains, as in `Figures`."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """How something does on held-out examples.

    Attributes:
        measure: what the figures are of; those of one measure can be compared.
        before: how what it was made of does.
        after: how it does; of a job that made no model, how it did at its last evaluation.
        training_loss: the mean loss of the last tenth of the steps, of a model.
        step: the step of that last evaluation; None of a model.
    """

    measure: Measure
    before: Figures
    after: Figures
    training_loss: float | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Figures that can be compared.

    Attributes:
        measure: what they are of.
        scores: the figures, each for all that is compared; None where it is of another measure.
        steps: after how many steps they were measured; None of models, and of what is not in it.
        models: the places of the models; the others are jobs that made none, or not yet.
    """

    measure: Measure
    scores: tuple[Measured, ...]
    steps: tuple[int | None, ...]
    models: frozenset[int]


def evaluated(
    connection: sqlite3.Connection, job: JobDetail | None, made: ModelRow | None
) -> Evaluated | None:
    """Return how a model does, or a job that has made none; None if that was never measured.

    Args:
        connection: where to read.
        job: the job, if one is known.
        made: the model version, if there is one.
    """
    if made is not None:
        [row] = results(connection, [made.id])
        found = Evaluated(row.measure, row.before, row.evaluation, row.training_loss)
        return found if _knows_something(found) else None
    return None if job is None else _while_training(connection, job)


def _knows_something(found: Evaluated) -> bool:
    return found.before.loss is not None or found.after.loss is not None


def score_tables(found: Sequence[Evaluated | None]) -> list[ScoreTable]:
    """Put figures together that can be compared, for all that is compared in its order.

    What a job was measured at while it trains stands beside what models were at their ends: the
    examples are the same, and after which step that was is told.
    """
    measures = _measures(found)
    tables: dict[Measure, list[Evaluated | None]] = {}
    for place, each in enumerate(found):
        if each is not None:
            tables.setdefault(measures[each.measure], [None] * len(found))[place] = each
    return [
        ScoreTable(
            measure,
            tuple(_scores(row)),
            tuple(None if each is None else each.step for each in row),
            frozenset(
                place for place, each in enumerate(row) if each is not None and each.step is None
            ),
        )
        for measure, row in tables.items()
    ]


def _measures(found: Sequence[Evaluated | None]) -> Mapping[Measure, Measure]:
    """Return what each measure belongs to: itself, or the same one with its examples counted."""
    known = [each.measure for each in found if each is not None]
    counted = {
        replace(measure, examples=None): measure
        for measure in reversed(known)
        if measure.examples is not None
    }
    return {measure: counted.get(measure, measure) for measure in known}


def _scores(row: Sequence[Evaluated | None]) -> list[Measured]:
    fair = comparable([None if each is None else End(each.step is None, each.step) for each in row])
    scores = []
    for name, better in (("loss", -1), ("perplexity", -1), ("accuracy", 1)):
        before = tuple(None if each is None else getattr(each.before, name) for each in row)
        after = tuple(None if each is None else getattr(each.after, name) for each in row)
        scores.append(Measured(f"{name}, before", before, frozenset()))
        scores.append(Measured(name, after, best_among(fair, after, better)))
    training = tuple(None if each is None else each.training_loss for each in row)
    # Of what each of them learned from: of other examples, nobody's is the best.
    scores.append(Measured("training loss", training, frozenset()))
    return [score for score in scores if any(value is not None for value in score.values)]


def _while_training(connection: sqlite3.Connection, job: JobDetail) -> Evaluated | None:
    measured = {summary.name: summary for summary in series_list(connection, job.id)}
    newest = measured.get(_WHILE_TRAINING[0])
    if newest is None:
        return None
    stages = earlier(connection, job.id)
    # Whose tokens a model has, its first stage chose.
    tokens = stages[-1].base_model if stages else job.base_model
    learned_from = (stages[-1].dataset if stages else job.dataset) if _is_made(tokens) else None
    return Evaluated(
        Measure(
            _called(connection, job.validation) or job.validation_file,
            None,
            tokens,
            _called(connection, learned_from),
        ),
        _first_figures(connection, job.id, measured),
        # What was measured before the first step is not how it does after training.
        Figures(*(_last_figure(measured.get(name)) for name in _WHILE_TRAINING)),
        step=newest.last_step,
    )


def _is_made(base_model: str) -> bool:
    return base_model in scratch.NAMES


def _last_figure(summary: SeriesSummary | None) -> float | None:
    return None if summary is None or summary.last_step == 0 else summary.last


def _first_figures(
    connection: sqlite3.Connection, job: str, measured: Mapping[str, SeriesSummary]
) -> Figures:
    """Return what was measured before the first step."""
    values: list[float | None] = []
    for name in _WHILE_TRAINING:
        known = name in measured
        found = series(connection, job, name, first_step=0, last_step=0).values if known else ()
        values.append(found[0] if found else None)
    return Figures(*values)


def _called(connection: sqlite3.Connection, reference: str | None) -> str | None:
    """Return what a dataset version is called; its id if it is not known here."""
    if reference is None:
        return None
    try:
        found = dataset(connection, reference)
    except NotFoundError:
        return reference
    return f"{found.name}@{found.version}"
