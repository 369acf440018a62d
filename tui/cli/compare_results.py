"""The table that fine-tuning ends with, for what is compared: with what it cost."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tui.cli.compare_figures import dollars
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import SuiteComparison
    from engine.results import Line, ResultRow

_COLUMNS = ("~~model", ">training loss", ">evaluation loss", ">perplexity", ">accuracy", ">cost")
_NARROW = ("~~model", ">train loss", ">eval loss", ">perplexity", ">accuracy", ">cost")
_WIDE = 76
"""Columns of a terminal from which the whole titles have room."""

_NOTES = (
    "Compare within a table only: other examples, or other tokens, are another measure. The cost "
    "is that of training; in a suite, that of all answers."
)


def print_final(
    subjects: Sequence[Subject], results: Sequence[ResultRow], suites: Sequence[SuiteComparison]
) -> None:
    """Print training loss, evaluation loss, perplexity, accuracy and cost.

    A table for each set of held-out examples, then one for each suite that tells how likely models
    held the answers that were hoped for.

    Args:
        subjects: what is compared.
        results: what is known of the model versions.
        suites: how they did in suites.
    """
    from engine.results import tables
    from tui.cli.output import print_table, say, say_heading, say_wrapped
    from tui.result_lines import table_heading

    costs = {each.model.name: each.job.cost for each in subjects if each.model and each.job}
    told = [
        (
            table_heading(table),
            [_cells(line, costs.get(line.model)) for line in table.lines],
        )
        for table in tables(results)
    ]
    trained = {row.model: row for row in results}
    told += [
        (
            f"On {number_of(suite.prompts, 'prompt')} of {suite.suite.name}@{suite.suite.version}",
            lines,
        )
        for suite in suites
        if (lines := list(_lines(subjects, trained, suite)))
    ]
    for place, (heading, lines) in enumerate(told):
        if place:
            say()
        say_heading(heading)
        print_table(*_fitted(lines))
    if len(told) > 1:
        say()
        say_wrapped(_NOTES)
    if not told:
        say("No model came of any of these jobs yet.")


def _fitted(lines: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return columns and lines; on a narrow terminal without what is not known of any model."""
    from shutil import get_terminal_size

    if not sys.stdout.isatty() or get_terminal_size().columns >= _WIDE:
        return _COLUMNS, lines
    told = [place for place in range(len(_COLUMNS)) if any(line[place] != "-" for line in lines)]
    return [_NARROW[place] for place in told], [[line[place] for place in told] for line in lines]


def _lines(
    subjects: Sequence[Subject], trained: dict[str, ResultRow], suite: SuiteComparison
) -> Iterator[list[str]]:
    """Give a line for each model whose perplexity of a suite's answers is known."""
    from engine.results import Figures, Line

    told = {each.label: each.figures for each in suite.scorers}
    unknown = (None,) * len(subjects)
    perplexities, accuracies = (
        told.get(label, unknown) for label in ("perplexity", "token_accuracy")
    )
    for place, (subject, evaluation) in enumerate(zip(subjects, suite.evaluations, strict=True)):
        perplexity, accuracy = perplexities[place], accuracies[place]
        if perplexity is None:
            continue
        known = None if subject.model is None else trained.get(subject.model.name)
        right = None if accuracy is None else accuracy.value
        figures = Figures(math.log(perplexity.value), perplexity.value, right)
        line = Line(subject.name, None, None if known is None else known.training_loss, figures)
        yield _cells(line, None if evaluation is None else evaluation.cost)


def _cells(line: Line, cost: float | None) -> list[str]:
    """Return what stands in a line; what a model was made of, the comparison tells already."""
    from tui.result_lines import table_cells

    model, _, *figures = table_cells(line)
    return [model, *figures, dollars(cost)]
