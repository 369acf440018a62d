"""The table that fine-tuning ends with: what each model's loss, perplexity and accuracy are.

All of it is read from the log: the training loss from the job's curve, the rest from the evaluation
with which the job ended or, where a hosted service tells none, from its validation curves.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.queries.metrics import series, series_list
from store.queries.models import ModelRow, model, model_list

_TRAINING = ("loss", "train_loss")
_VALIDATION = ("full_valid_loss", "valid_loss")
_ACCURACY = ("full_valid_mean_token_accuracy", "valid_mean_token_accuracy")
_LAST_PART = 0.1


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model does; None where that is not known.

    Attributes:
        loss: mean negative log-likelihood of a token of held-out examples, in nats.
        perplexity: exp(loss).
        accuracy: the part of these tokens that the model finds likeliest.
    """

    loss: float | None
    perplexity: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A line of the table.

    Attributes:
        model: the model's name.
        id: its id.
        base_model: what it was made of.
        training_loss: the mean loss of the last tenth of the training steps.
        evaluation: how it does on held-out examples.
        before: how the model that it was made of did on them.
        examples: how many they were.
    """

    model: str
    id: str
    base_model: str
    training_loss: float | None
    evaluation: Figures
    before: Figures
    examples: int | None


def results(connection: sqlite3.Connection, references: Sequence[str] = ()) -> list[ResultRow]:
    """Return the table.

    Args:
        connection: where to read.
        references: names, ids or unique beginnings of model versions; all of them if left out.

    Raises:
        NotFoundError: if there is no such model.
    """
    if references:
        chosen = [model(connection, reference) for reference in references]
    else:
        chosen = model_list(connection)
    return [_row(connection, each) for each in chosen]


def _row(connection: sqlite3.Connection, found: ModelRow) -> ResultRow:
    names = _names(connection, found.job)
    return ResultRow(
        model=found.name,
        id=found.id,
        base_model=found.base_model,
        training_loss=_training_loss(connection, found.job, names),
        evaluation=_evaluation(connection, found, names),
        before=Figures(found.loss_before, found.perplexity_before, found.accuracy_before),
        examples=found.evaluated_examples,
    )


def _names(connection: sqlite3.Connection, job: str | None) -> set[str]:
    return set() if job is None else {each.name for each in series_list(connection, job)}


def _training_loss(
    connection: sqlite3.Connection, job: str | None, names: set[str]
) -> float | None:
    name = next((name for name in _TRAINING if name in names), None)
    if job is None or name is None:
        return None
    values = series(connection, job, name).values
    last = values[-max(1, math.ceil(len(values) * _LAST_PART)) :]
    return sum(last) / len(last) if last else None


def _evaluation(connection: sqlite3.Connection, found: ModelRow, names: set[str]) -> Figures:
    if found.loss_after is not None or found.job is None:
        return Figures(found.loss_after, found.perplexity_after, found.accuracy_after)
    loss = _last(connection, found.job, names, _VALIDATION)
    perplexity = None if loss is None else _exp(loss)
    return Figures(loss, perplexity, _last(connection, found.job, names, _ACCURACY))


def _last(
    connection: sqlite3.Connection, job: str, names: set[str], wanted: tuple[str, ...]
) -> float | None:
    name = next((name for name in wanted if name in names), None)
    values = [] if name is None else series(connection, job, name).values
    return values[-1] if values else None


def _exp(loss: float) -> float:
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
