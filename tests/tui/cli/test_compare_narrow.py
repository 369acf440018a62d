"""`ftlab compare` where a terminal has little room: names differ, and nothing is broken off."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from click import unstyle
from rich.cells import cell_len

from engine.comparing.suites import Scored
from engine.comparing.suites_costs import EvaluationCost
from engine.statistics.paired import Difference, Estimate, Tally
from tests.tui.cli.test_compare_rows import compared
from tui.cli.compare_sections import _blocks
from tui.cli.compare_suites import _lines, _print_costs, _print_figures

_NAMES = [f"ft:gpt-4o-mini-2024-07-18:acme::{end}" for end in ("AAAAAAAA", "BBBBBBBB")]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Opened = Callable[[int], _Terminal]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Makes the standard output a terminal of so many columns."""

    def open_terminal(columns: int) -> _Terminal:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", "24")
        found = _Terminal()
        monkeypatch.setattr(sys, "stdout", found)
        return found

    return open_terminal


def _scored(label: str = "exact_match") -> Scored:
    figure = Estimate(0.5, 0.25, 0.75, 30)
    apart = Difference(0.1, -0.1, 0.3, 30, p=0.5)
    return Scored(
        label,
        "says",
        "share",
        higher_is_better=True,
        figures=(figure, figure),
        differences=(None, apart),
        tallies=(None, Tally(3, 24, 3)),
        best=frozenset(),
        rows=30,
    )


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_two_hosted_models_of_one_family_differ_in_each_line(columns: int, opened: Opened) -> None:
    terminal = opened(columns)
    _print_figures(list(_lines(_scored(), _NAMES)))
    lines = unstyle(terminal.getvalue()).splitlines()
    assert max(map(cell_len, lines)) <= columns
    [first] = [line for line in lines if "AAA" in line]
    [second] = [line for line in lines if "BBB" in line]
    assert first.split()[0] != second.split()[0]
    assert "+0.100 [-0.100 to 0.300]" in terminal.getvalue()


def test_the_name_of_a_scorer_has_the_whole_line(opened: Opened) -> None:
    terminal = opened(60)
    label = "judge,provider=a-company-of-ours:gpt-4.1"
    _print_figures(list(_lines(_scored(label), _NAMES)))
    assert label in terminal.getvalue()


def test_what_it_cost_tells_the_models_apart(opened: Opened) -> None:
    terminal = opened(60)
    costs = (EvaluationCost(0.5, 0.25), EvaluationCost(1.5))
    _print_costs(replace(compared(), costs=costs), _NAMES)
    _, titles, first, second = unstyle(terminal.getvalue()).splitlines()
    assert titles.split() == ["cost", "of", "all", "answers", "of", "judging", "them"]
    assert (first.split()[1:], second.split()[1:]) == (["$0.5000", "$0.2500"], ["$1.50", "-"])
    assert first.split()[0] != second.split()[0]


def test_many_columns_stand_in_blocks_of_about_the_same_size(opened: Opened) -> None:
    opened(80)
    assert _blocks(6, 24) == [range(3), range(3, 6)]
    assert _blocks(2, 24) == [range(2)]
    opened(20)
    assert _blocks(2, 24) == [range(1), range(1, 2)]
    opened(200)
    assert _blocks(6, 24) == [range(6)]
