"""What `ftlab eval` and `ftlab evals show` print of evaluations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.evaluation.column import Column
from engine.evaluation.outcome import Outcome
from engine.scoring.agreement import Agreement
from store.queries.evaluations import EvaluationRow
from tui.cli import evaluation_output
from tui.cli.evaluation_output import figure, print_outcomes, print_scores, remarks

_REMARK = "no answer has 4 words"


def _row(name: str, **changed: Any) -> EvaluationRow:  # noqa: ANN401 - any field
    said = {"identity": "x", "value": 0.5, "low": 0.25, "high": 0.75, "rows": 6}
    figures = [{**said, "label": "exact_match"}, {**said, "label": "bleu", "remark": _REMARK}]
    usual: dict[str, Any] = dict.fromkeys(EvaluationRow.__slots__)
    usual |= {"id": "eval_1", "name": name, "provider": "acme", "status": "completed"}
    usual |= {"figures_json": json.dumps(figures), "answers": 6, "seconds": 3.0, "cost": 0.00012}
    return EvaluationRow(**(usual | changed))


def test_figures_stand_in_a_line_for_each_model(capsys: pytest.CaptureFixture[str]) -> None:
    print_scores([_row("one"), _row("another", status="stopped", cost=None)])
    over, first, second = capsys.readouterr().out.splitlines()
    assert over.split() == ["model", "exact_match", "bleu", "answers", "cost", "s", "each", "state"]
    assert first.startswith("one")
    assert "$0.00012" in first
    assert second.endswith("stopped")


def test_where_that_is_too_wide_each_figure_has_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_output, "_fits", lambda _cells: False)
    print_scores([_row("one"), _row("another")])
    told = capsys.readouterr().out.splitlines()
    assert told[0].split() == ["model", "one"]
    assert told[1].split(None, 1) == ["exact_match", "0.5 [0.25, 0.75]"]
    assert told.index("") == len(told) // 2
    assert max(map(len, told)) <= 50


def test_what_has_to_be_known_of_a_figure_is_told() -> None:
    assert remarks(_row("one")) == [f"bleu: {_REMARK}"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.25, 0.75, "0.5 [0.25, 0.75]"), (0.5, 0.5, "0.5"), (None, None, "0.5")],
)
def test_an_interval_of_one_point_is_none(
    low: float | None, high: float | None, words: str
) -> None:
    assert figure({"value": 0.5, "low": low, "high": high}) == words


def test_that_the_other_model_has_answered_nothing_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    column = Column(Agreement(), "x", "mdl_old")
    row = _row("new", suite="suite_1")
    print_outcomes([Outcome(row, [column], 6, {}, 0.0, None)])
    assert "new: no agreement: mdl_old has answered none" in capsys.readouterr().err
    print_outcomes([Outcome(row, [column], 6, {}, 0.0, RuntimeError("broken off"))])
    assert "mdl_old" not in capsys.readouterr().err
