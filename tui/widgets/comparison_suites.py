"""How models did in suites, as sections of the table of scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.comparing.suites import COST, LATENCY
from tui.cli.compare_figures import (
    difference_words,
    dollars,
    estimate_words,
    p_words,
    ratio_words,
    tally_words,
)
from tui.widgets.comparison_table import Cell, Row, Section
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.suites import Scored, SuiteComparison

_NOTHING = (
    "No suite was answered by two of them. `ftlab eval SUITE MODEL MODEL` evaluates models, and "
    "tells of every score how certain it is."
)
_READING = "How they did in suites is being read…"
_HOW_TO_READ = (
    "Intervals are of 95% (paired bootstrap). A difference is to the first column, on the prompts "
    "that both have a score for; below it is the chance of one at least as large if there is none, "
    "and how many prompts were won, tied and lost. Of cost and latency it is how many times as "
    "large they are."
)


def suite_sections(
    found: Sequence[SuiteComparison] | None, trouble: str | None = None
) -> list[Section]:
    """Return how models did in suites as sections of a table.

    Args:
        found: what was found; None while that is being read.
        trouble: why it could not be read, if so.
    """
    if trouble is not None:
        return [Section("Suites", notes=[trouble])]
    if found is None:
        return [Section("Suites", notes=[_READING])]
    if not found:
        return [Section("Suites", notes=[_NOTHING])]
    sections = [
        Section(
            f"Suite {each.suite.name}@{each.suite.version}, {number_of(each.prompts, 'prompt')}",
            [*(row for scored in each.scorers for row in _rows(scored)), *_costs(each)],
            list(each.warnings),
        )
        for each in found
    ]
    return [*sections, Section("", notes=[_HOW_TO_READ])]


def _rows(scored: Scored) -> Iterator[Row]:
    yield Row(
        scored.title,
        [
            Cell(
                estimate_words(figure, scored.unit),
                "faint" if figure is None else "good" if place in scored.best else "plain",
                place in scored.best,
            )
            for place, figure in enumerate(scored.figures)
        ],
    )
    if any(difference is not None for difference in scored.differences):
        yield Row("  difference", [_apart(scored, place) for place in range(len(scored.figures))])


def _apart(scored: Scored, place: int) -> Cell:
    """Return how far one is from the first, and how certain that is."""
    difference = scored.differences[place]
    if place == 0 or difference is None:
        return Cell("" if place == 0 else "-", "faint")
    by_ratio = scored.label in (COST, LATENCY) and bool(scored.ratios)
    ratio = scored.ratios[place] if by_ratio else None
    words = ratio_words(ratio) or difference_words(difference, scored.unit)
    tally = tally_words(scored.tallies[place])
    certain = f"p {p_words(difference.p)}{'  ' if tally else ''}{tally}"
    return Cell(f"{words}\n{certain}", "dim")


def _costs(found: SuiteComparison) -> Iterator[Row]:
    """Yield what all answers cost together, and apart from that what judging them did."""
    if any(cost.answers is not None for cost in found.costs):
        yield _cost("cost of all answers", [cost.answers for cost in found.costs])
    if any(cost.judge is not None for cost in found.costs):
        yield _cost("cost of judging them", [cost.judge for cost in found.costs])


def _cost(label: str, costs: Sequence[float | None]) -> Row:
    cells = (Cell("-", "faint") if cost is None else Cell(dollars(cost), "plain") for cost in costs)
    return Row(label, list(cells))
