"""How models did in suites, as `ftlab compare` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tui.cli.compare_figures import (
    difference_words,
    dollars,
    estimate_words,
    p_words,
    ratio_words,
    tally_words,
)
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import Scored, SuiteComparison

_BY_RATIO = ("cost", "latency")
_BESIDE = 72
"""Columns of a terminal from which a difference has room beside its figure."""

_COLUMNS = ("~~", "figure", "difference", ">p", ">w/t/l")


def print_suites(subjects: Sequence[Subject], suites: Sequence[SuiteComparison], rows: int) -> None:
    """Print how models did in suites, and the prompts where they differ most.

    Args:
        subjects: what is compared.
        suites: how they did.
        rows: how many prompts of each suite.
    """
    from tui.cli.compare_rows import print_rows
    from tui.cli.output import say, say_heading, say_wrapped

    names = [each.name for each in subjects]
    for found in suites:
        suite = found.suite
        say_heading(f"SUITE {suite.name}@{suite.version}, {number_of(found.prompts, 'prompt')}")
        if found.scorers:
            lines = [line for each in found.scorers for line in _lines(each, names)]
            _print_figures(lines)
        _print_costs(found, names)
        for warning in found.warnings:
            say_wrapped(f"! {warning}.")
        say()
        print_rows(found, names, rows)
    if any(found.scorers for found in suites):
        say_wrapped(_how_to_read(names[0]))
        say()


def _print_figures(lines: Sequence[Sequence[str]]) -> None:
    """Print figures with their differences beside them or, where it is narrow, below them."""
    from shutil import get_terminal_size

    from tui.cli.output import print_table

    if not sys.stdout.isatty() or get_terminal_size().columns >= _BESIDE:
        print_table(_COLUMNS, lines)
        return
    below: list[Sequence[str]] = []
    for name, figure, difference, *certain in lines:
        if not difference:
            below.append([name, figure, *certain])
            continue
        below += [[name, figure, "", ""], ["", difference, *certain]]
    name, figure, difference, *others = _COLUMNS
    print_table([name, f"{figure}, {difference}", *others], below)


def _print_costs(found: SuiteComparison, names: Sequence[str]) -> None:
    """Print what all answers cost together, and apart from that what judging them did."""
    from tui.cli.output import print_table, say

    told = [(name, cost) for name, cost in zip(names, found.costs, strict=False) if cost.is_known]
    if not told:
        return
    say()
    judged = any(cost.judge is not None for _, cost in told)
    print_table(
        ["~~cost", ">of all answers", *([">of judging them"] if judged else [])],
        [
            [name, dollars(cost.answers), *([dollars(cost.judge)] if judged else [])]
            for name, cost in told
        ],
    )


def _lines(scored: Scored, names: Sequence[str]) -> Iterator[list[str]]:
    """Give a line with the scorer's name, then one for each model that has a figure."""
    from tui.widgets.comparison_table import BEST

    yield [scored.title, "", "", "", ""]
    for place, (name, figure) in enumerate(zip(names, scored.figures, strict=True)):
        if figure is None:
            continue
        difference = scored.differences[place]
        if scored.label in _BY_RATIO:
            apart = ratio_words(scored.ratios[place])
        else:
            apart = difference_words(difference, scored.unit)
        mark = f" {BEST}" if place in scored.best else ""
        yield [
            f"  {name}",
            estimate_words(figure, scored.unit) + mark,
            apart,
            p_words(None if difference is None else difference.p),
            tally_words(scored.tallies[place]),
        ]


def _how_to_read(first: str) -> str:
    from tui.widgets.comparison_table import BEST

    return (
        f"A difference is the figure minus that of {first}, on the prompts that both have a score "
        "for; cost and latency, which are of an answer, are told as how many times as large they "
        "are. In brackets stands the 95% interval (paired bootstrap); p is how likely as large a "
        "difference is if there is none (paired randomization); w/t/l counts the prompts won, tied "
        f"and lost. {BEST} marks the best."
    )
