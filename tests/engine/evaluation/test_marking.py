"""What scorers do to an evaluation: their faults, and rows that ask the same."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from engine.evaluation.outcome import Outcome, Standing
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.reading import answered
from engine.evaluation.run import evaluate
from engine.lab import Lab
from engine.scoring.answer import Answer
from engine.scoring.registry import identity
from engine.scoring.scorer import About, Score, Scorer
from engine.scoring.specs import parse
from engine.suites.defining import define
from store.queries.evaluations import scores_of
from store.queries.recordings import AnswerRow, answers_of
from tests.engine.evaluation.conftest import CHAT, Evaluate, Rescued, Sums, right_but

if TYPE_CHECKING:
    from tests.standin.standin import Standin


_let_go = threading.Event()


@dataclass(frozen=True)
class Hanging(Scorer):
    """Waits at one of the answers until it is let go."""

    about: ClassVar[About] = About("hanging", "")

    def score(self, answer: Answer) -> Score | None:
        """Return 1, in the end."""
        if answer.text == "It is 3":
            _let_go.wait()
        return Score(1.0)


@dataclass(frozen=True)
class Counting(Scorer):
    """Counts answers, and waits at the first until it is let go."""

    about: ClassVar[About] = About("counting", "")
    scored: ClassVar[list[str]] = []

    def score(self, answer: Answer) -> Score | None:
        """Return 1, in the end."""
        self.scored.append(answer.text)
        _let_go.wait()
        return Score(1.0)


@dataclass(frozen=True)
class Leaving(Scorer):
    """Ends the program at one of the answers."""

    about: ClassVar[About] = About("leaving", "")

    def score(self, answer: Answer) -> Score | None:
        """Return 1, or end."""
        if answer.text == "It is 3":
            raise SystemExit(3)
        return Score(1.0)


def test_a_scorer_that_hangs_is_ended_by_ctrl_c_and_what_came_before_stays(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums
) -> None:
    _let_go.clear()
    model, suite = rescued(), sums(6, "number_match")
    right_but(standin)
    planned = plan(lab, suite.id, model.id, EvaluationWish(scorers=(Hanging(),)))

    def stop(standing: Standing) -> None:
        if standing.does == "scoring":
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        evaluate(lab, [planned], lambda _plan: stop, at_once=1)
    assert len(scores_of(lab.database.reader, model.id, identity(Hanging()))) == 2
    assert len(scores_of(lab.database.reader, model.id, identity(parse("number_match")))) == 3
    _let_go.set()
    again = plan(lab, suite.id, model.id, EvaluationWish(scorers=(Hanging(),)))
    assert again.open is not None
    [outcome] = evaluate(lab, [again])
    assert isinstance(outcome, Outcome)
    assert [column.mean for column in outcome.columns] == [1.0, 1.0]
    assert standin.count("POST", CHAT) == 6


def test_after_ctrl_c_nothing_more_is_scored(
    lab: Lab, standin: Standin, rescued: Rescued, sums: Sums
) -> None:
    _let_go.clear()
    Counting.scored.clear()
    right_but(standin)
    planned = plan(lab, sums(6).id, rescued().id, EvaluationWish(scorers=(Counting(),)))

    def stop(standing: Standing) -> None:
        if standing.does == "scoring":
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        evaluate(lab, [planned], lambda _plan: stop)
    [scoring] = [each for each in threading.enumerate() if each.name == "scoring"]
    _let_go.set()
    scoring.join()
    assert len(Counting.scored) == 1


def test_a_scorer_that_would_end_the_program_has_a_fault_in_that_row(
    standin: Standin, rescued: Rescued, sums: Sums, evaluated: Evaluate
) -> None:
    right_but(standin)
    outcome = evaluated(sums(4, "number_match"), rescued().id, scorers=(Leaving(),))
    row = outcome.evaluation
    assert (row.status, row.answers, row.faults) == ("completed", 4, 1)
    leaving = outcome.columns[1]
    assert [each.fault for each in leaving.known if each.fault] == ["leaving raised SystemExit: 3"]
    assert leaving.mean == 1.0


def test_rows_that_ask_the_same_are_answered_once_and_each_is_scored(
    lab: Lab, standin: Standin, rescued: Rescued, evaluated: Evaluate, tmp_path: Path
) -> None:
    file = tmp_path / "colours.csv"
    file.write_text("question,answer\nColour?,red\nColour?,crimson\nSize?,red\n")
    suite = define(lab, str(file), "colours", scorers=[parse("exact_match"), parse("bleu")]).suite
    standin.answer("red")
    outcome = evaluated(suite, rescued().id)
    assert standin.count("POST", CHAT) == 2
    row = outcome.evaluation
    assert (row.count, row.answers) == (3, 3)
    exact, bleu = json.loads(row.figures_json)
    assert (exact["value"], exact["rows"]) == (pytest.approx(2 / 3), 3)
    assert (bleu["value"], bleu["rows"]) == (0, 3)
    assert "no answer has 4 words" in bleu["remark"]
    shown = answered(lab.database.reader, lab.blobs, row)
    assert [(each.reference, each.scores["exact_match"]) for each in shown] == [
        ("red", 1.0),
        ("crimson", 0.0),
        ("red", 1.0),
    ]
    paid = sum(call.cost or 0 for call in _answers(lab, row.model))
    assert row.cost == pytest.approx(paid)


def _answers(lab: Lab, model: str) -> list[AnswerRow]:
    return list(answers_of(lab.database.reader, model).values())
