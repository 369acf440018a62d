"""A lab that knows hosted models, a suite of sums, and a service that answers as a test likes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.evaluation.outcome import Outcome, Skipped
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.lab import Lab
from engine.scoring.specs import parse
from engine.suites.defining import define
from store.queries.suites import SuiteRow
from tests.engine.providers.hosted.conftest import lab, provider
from tests.engine.recording.conftest import CHAT, Rescued, bodies, rescued
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.calls import Json
    from tests.standin.standin import Standin

__all__ = ["CHAT", "Rescued", "bodies", "lab", "provider", "rescued", "standin"]

Sums = Callable[..., SuiteRow]
Evaluate = Callable[..., Outcome]


@pytest.fixture
def sums(lab: Lab, tmp_path: Path) -> Sums:
    """Records a suite of so many sums, from 0 + 1 on, and its scorers."""

    def make(rows: int = 6, *scorers: str) -> SuiteRow:
        file = tmp_path / "sums.jsonl"
        told = ({"question": f"{n} + 1 = ?", "answer": f"It is {n + 1}"} for n in range(rows))
        file.write_text("".join(json.dumps(row) + "\n" for row in told))
        return define(lab, str(file), "sums", scorers=list(map(parse, scorers))).suite

    return make


@pytest.fixture
def evaluated(lab: Lab) -> Evaluate:
    """Plans an evaluation of a model by the fields of `EvaluationWish`, and makes it."""

    def go(suite: SuiteRow, model: str, **wishes: object) -> Outcome:
        planned = plan(lab, suite.id, model, EvaluationWish(**wishes))  # type: ignore[arg-type]
        [outcome] = evaluate(lab, [planned], patience=0)
        assert not isinstance(outcome, Skipped), outcome.reason
        return outcome

    return go


def last_message(asked: Json) -> str:
    """Return the text of the last message of a request."""
    return str(asked["messages"][-1]["content"])


def right_but(standin: Standin, *wrong: int) -> None:
    """Have the service answer sums rightly, but for those of these numbers and one."""

    def answer(asked: Json) -> str | None:
        first = int(last_message(asked).split()[0])
        return f"It is {first + 1 + (first in wrong)}"

    standin.behaviour.answerer = answer
