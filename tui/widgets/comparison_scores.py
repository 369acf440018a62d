"""How jobs and models do on held-out examples and in recorded answers, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.formats import count, number, short_model
from tui.widgets.comparison_differences import metric_row
from tui.widgets.comparison_table import BEST, Cell, Row, Section
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.answer_scores import AnswerScores, Share
    from engine.comparing.scores import ScoreTable

_NOTHING = (
    "None of them was evaluated. A job on this machine is, before its first step and as it trains, "
    "if it is given validation data: `ftlab train NAME --validation DATASET`."
)
_NO_INTERVALS = (
    "There are no intervals of loss, perplexity and accuracy: of an evaluation the mean is "
    "recorded, but neither how much it varies between examples nor how many tokens they have."
)
_APART = "Compare within a table only: other examples, or other tokens, are another measure."
_MARKED = (
    f"{BEST} marks the best of a table's models; of jobs that made none, only those that stand at "
    "the same step."
)
_SHARES = (
    "Each with the number of answers, and the 95% interval of the share (Wilson). As hoped for is "
    "an answer that has the very text of the one in the data."
)


def scores(
    tables: Sequence[ScoreTable], answers: AnswerScores | None, suites: Sequence[Section] = ()
) -> list[Section]:
    """Return scores as sections of a table.

    Args:
        tables: of evaluations.
        answers: of recorded answers; None while they are being read.
        suites: of suites; see `tui.widgets.comparison_suites`.
    """
    sections = [Section(_measured_on(table), _rows(table)) for table in tables]
    if not tables:
        sections.append(Section("", notes=[_NOTHING]))
    else:
        apart = [_APART] if len(tables) > 1 else []
        sections.append(Section("", notes=[*apart, _MARKED, _NO_INTERVALS]))
    if not any(section.rows for section in suites):
        return [*sections, *suites, _answers(answers)]
    return [*suites, *sections, _answers(answers)]


def _measured_on(table: ScoreTable) -> str:
    measure = table.measure
    examples = measure.validation or "examples that are not known here"
    if measure.examples is not None:
        examples = f"{number_of(measure.examples, 'example')} of {examples}"
    tokens = short_model(measure.tokens)
    if measure.learned_from is not None:
        tokens += f" ({measure.learned_from})"
    return f"On {examples}, in tokens of {tokens}"


def _rows(table: ScoreTable) -> list[Row]:
    rows = [metric_row(each, _words(each.name)) for each in table.scores]
    if all(step is None for step in table.steps):
        return rows
    cells = [_measured_at(place, step, table) for place, step in enumerate(table.steps)]
    return [*rows, Row("after step", cells)]


def _measured_at(place: int, step: int | None, table: ScoreTable) -> Cell:
    if place in table.models:
        return Cell("at its end")
    return Cell("-", "faint") if step is None else Cell(count(step), "warn")


def _words(name: str) -> Callable[[float | None], str]:
    return _percent if name.startswith("accuracy") else number


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _answers(found: AnswerScores | None) -> Section:
    if found is None:
        return Section("Recorded answers", notes=["reading…"])
    if not found.rows:
        told = "There is no prompt to which all of these models have answers on record."
        return Section("Recorded answers", notes=[told, "`ftlab models record MODEL` asks one."])
    rows = []
    for shares in found.rows:
        cells = [
            _share(share, is_best=place in shares.best) for place, share in enumerate(shares.values)
        ]
        rows.append(Row(shares.name, cells))
    title = f"Answers to {number_of(found.prompts, 'prompt')} that all were asked"
    return Section(title, rows, [_SHARES])


def _share(share: Share | None, *, is_best: bool) -> Cell:
    if share is None:
        return Cell("-", "faint")
    low, high = share.interval
    text = f"{share.value:.1%}\n{share.count} of {share.of}\n{low:.0%} to {high:.0%}"
    return Cell(text, "good" if is_best else "plain", is_best)
