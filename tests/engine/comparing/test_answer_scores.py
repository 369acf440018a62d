"""Counting recorded answers."""

from __future__ import annotations

from collections.abc import Sequence

from engine.comparing.answer_scores import AnswerScores, Share, Shares, answer_scores
from engine.comparing.answers import recorded_answers
from engine.lab import Lab
from tests.engine.comparing.conftest import Record, asked

ONE, TWO, OPEN = asked("1?", "one"), asked("2?", "two"), asked("3?")
KNOWN = asked("4?", "four", "training")
MODELS: Sequence[str | None] = ["mdl_a", None, "mdl_b"]


def _counted(lab: Lab) -> AnswerScores:
    models = [model for model in MODELS if model]
    return answer_scores(recorded_answers(lab.database.reader, lab.blobs, models), MODELS)


def test_answers_as_hoped_are_counted_part_by_part(lab: Lab, record: Record) -> None:
    record("mdl_a", (ONE, "one"), (TWO, " two\n"), (OPEN, "x"), (KNOWN, "five"))
    record("mdl_b", (ONE, "one"), (TWO, "three"), (OPEN, "y"), (KNOWN, "four"))
    assert _counted(lab) == AnswerScores(
        4,
        (
            Shares("as hoped for, validation", (Share(2, 2), None, Share(1, 2)), frozenset({0})),
            Shares("as hoped for, training", (Share(0, 1), None, Share(1, 1)), frozenset({2})),
            Shares("cut off", (Share(0, 4), None, Share(0, 4))),
            Shares("the same as the first", (None, None, Share(1, 4))),
        ),
    )


def test_only_prompts_that_all_models_were_asked_are_counted(lab: Lab, record: Record) -> None:
    record("mdl_a", (ONE, "one"), (TWO, "two"))
    record("mdl_b", (TWO, "two"), (OPEN, "x"), finish_reason="length")
    found = {each.name: each.values for each in _counted(lab).rows}
    assert found["as hoped for, validation"] == (Share(1, 1), None, Share(1, 1))
    assert found["cut off"] == (Share(0, 1), None, Share(1, 1))


def test_models_that_were_never_asked_the_same_are_not_counted(lab: Lab, record: Record) -> None:
    record("mdl_a", (ONE, "one"))
    record("mdl_b", (TWO, "two"))
    assert _counted(lab) == AnswerScores(0, ())


def test_a_model_alone_is_held_against_what_was_hoped_for(lab: Lab, record: Record) -> None:
    record("mdl_a", (ONE, "one"))
    found = _counted(lab)
    assert [each.name for each in found.rows] == ["as hoped for, validation", "cut off"]
    assert found.rows[0].values == (Share(1, 1), None, None)


def test_without_answers_there_is_nothing_to_count() -> None:
    assert answer_scores([], ["mdl_a"]) == AnswerScores(0, ())


def test_a_share_knows_how_certain_it_is() -> None:
    low, high = Share(3, 20).interval
    assert (round(low, 3), round(high, 3)) == (0.052, 0.360)
