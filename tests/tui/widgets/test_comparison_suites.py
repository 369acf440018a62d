"""How models did in suites, in the dashboard."""

from __future__ import annotations

from engine.comparing.suites import SuiteComparison
from engine.comparing.suites_costs import EvaluationCost
from tests.tui.cli.test_compare_rows import SUITE
from tui.widgets.comparison_suites import suite_sections


def test_what_judges_cost_stands_apart_from_what_answers_did() -> None:
    costs = (EvaluationCost(0.25, 0.0312), EvaluationCost(None, None))
    section = suite_sections([SuiteComparison(SUITE, 3, (), (), (), (), costs=costs)])[0]
    told = {row.name: [cell.text for cell in row.cells] for row in section.rows}
    assert told == {
        "cost of all answers": ["$0.2500", "-"],
        "cost of judging them": ["$0.0312", "-"],
    }


def test_where_no_cost_is_known_no_row_tells_of_it() -> None:
    costs = (EvaluationCost(), EvaluationCost())
    assert not suite_sections([SuiteComparison(SUITE, 3, (), (), (), (), costs=costs)])[0].rows
