"""The table that fine-tuning ends with: what each model's loss, perplexity and accuracy are.

All of it is read from the log: the training loss from the job's curve, the rest from the evaluation
with which the job ended or, where a hosted service tells none, from its validation curves. Figures
can be compared where they are of the same examples in the same tokens; models are put together by
that.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from engine.stages import earlier
from engine.training import scratch
from store.errors import NotFoundError
from store.queries.datasets import dataset
from store.queries.jobs import JobDetail, job_detail
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
class Measure:
    """What figures are of; those of one measure can be compared.

    Attributes:
        validation: the dataset version of the examples as `name@version`, or the file that a
            service calls them by; None if it is not known, or there is none.
        examples: how many of its first examples; None if a service did not tell.
        tokens: the base model whose tokens the losses are of.
        learned_from: the dataset version that these tokens were learned from, if it was made for a
            job.
    """

    validation: str | None
    examples: int | None
    tokens: str
    learned_from: str | None = None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What is known of a model.

    Attributes:
        model: its name.
        id: its id.
        base_model: what it was made of: a base model or, of a later stage, the name of the model
            version of the stage before.
        training_loss: the mean loss of the last tenth of the training steps.
        measure: what the evaluations are of.
        evaluation: how it does on held-out examples.
        before: how that which it was made of did on them.
    """

    model: str
    id: str
    base_model: str
    training_loss: float | None
    measure: Measure
    evaluation: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table.

    Attributes:
        model: the name of a model version or a base model.
        base_model: what it was made of, if it is a model version of the rows.
        training_loss: as in `ResultRow`.
        figures: how it does.
    """

    model: str
    base_model: str | None
    training_loss: float | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Table:
    """Models whose figures can be compared, a line for each."""

    measure: Measure
    lines: list[Line]


def results(connection: sqlite3.Connection, references: Sequence[str] = ()) -> list[ResultRow]:
    """Return what is known of models.

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


def tables(rows: Sequence[ResultRow]) -> list[Table]:
    """Put rows together whose figures can be compared, each model below what it was made of.

    What several were made of stands once, unless its figures differ. A model whose examples are not
    known stands alone.
    """
    known = {row.model: row for row in rows}
    found: dict[object, Table] = {}
    for row in rows:
        unknown = row.measure.validation is None and row.evaluation.loss is not None
        table = found.setdefault(row.id if unknown else row.measure, Table(row.measure, []))
        if row.before.loss is not None:
            _add(table.lines, _line_of_base(row, known.get(row.base_model)))
        _add(table.lines, Line(row.model, row.base_model, row.training_loss, row.evaluation))
    return list(found.values())


def _line_of_base(row: ResultRow, base: ResultRow | None) -> Line:
    if base is None:
        return Line(row.base_model, None, None, row.before)
    return Line(base.model, base.base_model, base.training_loss, row.before)


def _add(lines: list[Line], line: Line) -> None:
    if line not in lines:
        lines.append(line)


def _row(connection: sqlite3.Connection, found: ModelRow) -> ResultRow:
    names = _names(connection, found.job)
    job = _job(connection, found.job)
    stages = earlier(connection, found.job)
    # Whose tokens a model has, its first stage chose.
    first = stages[-1] if stages else found
    return ResultRow(
        model=found.name,
        id=found.id,
        base_model=stages[0].name if stages else found.base_model,
        training_loss=_training_loss(connection, found.job, names),
        measure=Measure(
            validation=_validation(connection, job),
            examples=found.evaluated_examples,
            tokens=first.base_model,
            learned_from=_learned_from(connection, first),
        ),
        evaluation=_evaluation(connection, found, names),
        before=Figures(found.loss_before, found.perplexity_before, found.accuracy_before),
    )


def _job(connection: sqlite3.Connection, job: str | None) -> JobDetail | None:
    try:
        return None if job is None else job_detail(connection, job)
    except NotFoundError:
        return None


def _validation(connection: sqlite3.Connection, job: JobDetail | None) -> str | None:
    if job is None or job.validation is None:
        return None if job is None else job.validation_file
    return _version(connection, job.validation)


def _learned_from(connection: sqlite3.Connection, first: ModelRow) -> str | None:
    if first.base_model not in scratch.NAMES or first.dataset is None:
        return None
    return _version(connection, first.dataset)


def _version(connection: sqlite3.Connection, reference: str) -> str:
    """Return what a dataset version is called; its id if it is not there any more."""
    try:
        found = dataset(connection, reference)
    except NotFoundError:
        return reference
    return f"{found.name}@{found.version}"


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
