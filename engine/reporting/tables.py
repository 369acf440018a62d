"""Tables of a report, the same for a page and for Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.comparing.settings import TOPICS
from engine.reporting.words import (
    NONE,
    count,
    metric,
    money,
    number,
    number_of,
    percent,
    setting,
    setting_name,
)
from engine.results import Figures, Line
from engine.results import tables as result_tables

if TYPE_CHECKING:
    from engine.comparing.comparison import Comparison
    from engine.comparing.data import DataDifference
    from engine.comparing.metrics import Measured
    from engine.comparing.scores import ScoreTable
    from engine.comparing.settings import Setting
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import SuiteComparison
    from engine.results import Measure, ResultRow

_FINAL = ("made of", "training loss", "evaluation loss", "perplexity", "accuracy", "cost")
_FAIR = "jobs that succeeded, or stand at the same step, on the same data"
_MARKED = f"★ marks the best of {_FAIR}. A training loss is marked only where no evaluation tells."
_UNMARKED = f"None is marked as the best: that takes two {_FAIR}."
_NO_INTERVALS = (
    "Loss, perplexity and accuracy have no intervals here: of an evaluation the mean is recorded, "
    "not how much it varies between examples."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row says of one thing.

    Attributes:
        text: what it says.
        is_best: whether it is the best of its row.
        is_other: whether it is not what the first one has.
        is_text: whether it is no number among numbers.
    """

    text: str
    is_best: bool = False
    is_other: bool = False
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name and what it says of each thing, in their order."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading.

    Attributes:
        title: the heading; none if it is empty.
        rows: what stands under it.
        notes: sentences below them.
        columns: what stands over the cells; None for what is compared.
        is_of_numbers: whether its cells are set to the right.
    """

    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    is_of_numbers: bool = True


Which = Literal["differing", "same", "alone"]
"""Settings that are not the same for all, those that are, and those with nothing beside them."""


def settings_tables(found: Comparison, data: Sequence[DataDifference], which: Which) -> list[Table]:
    """Return what was settled, a table for each topic."""
    made = []
    for topic in TOPICS:
        rows = [
            _setting(each) for each in found.settings if each.topic == topic and _is(each) == which
        ]
        is_data = which == "differing" and topic == "data"
        notes = [data_words(each) for each in data] if is_data else []
        if rows or notes:
            made.append(Table(topic, tuple(rows), tuple(notes), is_of_numbers=False))
    return made


def _is(of: Setting) -> Which:
    if of.is_alone:
        return "alone"
    return "differing" if of.differs else "same"


def _setting(of: Setting) -> Row:
    first = of.values[0]
    cells = (Cell(setting(of.name, each), is_other=each != first) for each in of.values)
    return Row(setting_name(of.name), tuple(cells))


def data_words(found: DataDifference) -> str:
    """Say how a dataset version differs from another."""
    before, after = (f"{each.name}@{each.version}" for each in (found.before, found.after))
    if found.why_not is not None:
        return f"{after} against {before}: not compared. {found.why_not}"
    if not found.added and not found.removed:
        return f"{after} against {before}: the same examples."
    return (
        f"{after} against {before}: {number_of(found.added, 'example')} added, "
        f"{count(found.removed)} removed, {count(found.same)} the same."
    )


def metrics_table(metrics: Sequence[Measured]) -> Table | None:
    """Return the last value of each metric, and the best where it is known what is better."""
    if not metrics:
        return None
    note = _MARKED if any(each.best for each in metrics) else _UNMARKED
    rows = [_measured(each, _metric_words(each.name)) for each in metrics]
    return Table("", tuple(rows), (note,))


def _metric_words(name: str) -> Callable[[float | None], str]:
    kind = name.partition(",")[0]
    return lambda value: metric(kind, value)


def _measured(of: Measured, words: Callable[[float | None], str]) -> Row:
    cells = (Cell(words(value), place in of.best) for place, value in enumerate(of.values))
    return Row(of.name, tuple(cells))


def score_tables(found: Iterable[ScoreTable]) -> list[Table]:
    """Return how all that is compared does on held-out examples."""
    return [_scores(each) for each in found]


def _scores(of: ScoreTable) -> Table:
    rows = [
        _measured(each, percent if each.name.startswith("accuracy") else number)
        for each in of.scores
    ]
    if any(step is not None for step in of.steps):
        cells = (
            Cell("at its end" if place in of.models else count(step))
            for place, step in enumerate(of.steps)
        )
        rows.append(Row("after step", tuple(cells)))
    return Table(measured_on(of.measure), tuple(rows), (_NO_INTERVALS,))


def measured_on(measure: Measure) -> str:
    """Say on which examples something was measured, and in whose tokens."""
    examples = measure.validation or "examples that are not known here"
    if measure.examples is not None:
        examples = f"{number_of(measure.examples, 'example')} of {examples}"
    tokens = short_model(measure.tokens)
    if measure.learned_from is not None:
        tokens += f" ({measure.learned_from})"
    return f"On {examples}, in tokens of {tokens}"


def final_tables(
    results: Sequence[ResultRow], subjects: Sequence[Subject], suites: Sequence[SuiteComparison]
) -> list[Table]:
    """Return the tables that fine-tuning ends with: losses, perplexity, accuracy and cost.

    One for each set of held-out examples, then one for each suite that tells how likely models held
    the answers that were hoped for.
    """
    costs = {each.model.name: _cost(each) for each in subjects if each.model is not None}
    trained = {each.model: each for each in results}
    found = [
        Table(
            "Not evaluated"
            if all(line.figures.loss is None for line in table.lines)
            else measured_on(table.measure),
            tuple(_final(line, costs) for line in table.lines),
            columns=_FINAL,
        )
        for table in result_tables(results)
    ]
    for suite in suites:
        if rows := tuple(_likely(suite, subjects, trained)):
            prompts = number_of(suite.prompts, "prompt")
            title = f"On {prompts} of {suite.suite.name}@{suite.suite.version}"
            note = "The cost is that of all answers, not of training."
            found.append(Table(title, rows, (note,), columns=_FINAL))
    return found


def _likely(
    suite: SuiteComparison, subjects: Sequence[Subject], trained: Mapping[str, ResultRow]
) -> Iterator[Row]:
    """Give a row for each model whose perplexity of a suite's answers is known."""
    figures = {each.label: each.figures for each in suite.scorers}
    unknown = (None,) * len(subjects)
    perplexities = figures.get("perplexity", unknown)
    accuracies = figures.get("token_accuracy", unknown)
    for place, (subject, evaluation) in enumerate(zip(subjects, suite.evaluations, strict=True)):
        perplexity, accuracy = perplexities[place], accuracies[place]
        if perplexity is None:
            continue
        known = trained.get(subject.name) if subject.model is not None else None
        line = Line(
            subject.name,
            None if known is None else known.base_model,
            None if known is None else known.training_loss,
            Figures(
                math.log(perplexity.value),
                perplexity.value,
                None if accuracy is None else accuracy.value,
            ),
        )
        yield _final(line, {subject.name: None if evaluation is None else evaluation.cost})


def _final(line: Line, costs: Mapping[str, float | None]) -> Row:
    base = NONE if line.base_model is None else short_model(line.base_model)
    figures = line.figures
    texts = (
        number(line.training_loss),
        number(figures.loss),
        number(figures.perplexity),
        percent(figures.accuracy),
        money(costs.get(line.model)),
    )
    return Row(short_model(line.model), (Cell(base, is_text=True), *map(Cell, texts)))


def _cost(of: Subject) -> float | None:
    return None if of.job is None else of.job.cost


def short_model(name: str) -> str:
    """Return a model's name without the folder or the organization before it."""
    return name.rstrip("/").rpartition("/")[2] or name
