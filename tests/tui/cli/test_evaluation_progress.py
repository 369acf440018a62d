"""The bars of `ftlab eval`."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from engine.evaluation.column import Column
from engine.evaluation.outcome import Standing
from engine.scoring.matching import ExactMatch
from tui.cli.evaluation_progress import running_scores

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan

_ANSWERS = 100


class _Column(Column):
    """Counts how often it was asked for its mean, for which it goes through all scores."""

    looks = 0

    @property
    def mean(self) -> float | None:
        """A half."""
        type(self).looks += 1
        return 0.5


def test_the_scores_are_not_gone_through_after_every_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _Column.looks = 0
    column = _Column(ExactMatch(), "", "")
    model = SimpleNamespace(recording=SimpleNamespace(target=SimpleNamespace(name="luna")))
    with running_scores() as watching:
        assert watching is not None
        tell = watching(cast("EvaluationPlan", model))
        for done in range(_ANSWERS):
            tell(Standing(done, _ANSWERS, 0.0, [column]))
        assert _Column.looks < _ANSWERS / 2
        before = _Column.looks
        tell(Standing(_ANSWERS, _ANSWERS, 0.0, [column]))
        assert _Column.looks == before + 1
    assert "luna" in capsys.readouterr().err
