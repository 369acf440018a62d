from __future__ import annotations

from engine.comparing.answers import Asked, Said
from engine.scoring.agreement import Agreement
from engine.scoring.answer import Answer
from engine.scoring.matching import ExactMatch
from engine.scoring.recorded import answer_of
from engine.scoring.scorer import Score
from engine.suites.prompts import Prompt

_PROMPT = Prompt(
    ({"role": "user", "content": "Capital of France?"},),
    reference={"role": "assistant", "content": "Paris"},
)
_ASKED = Asked(
    _PROMPT.digest,
    _PROMPT,
    {
        "old": Said("Paris", tokens=1, seconds=0.5, cost=0.001),
        "new": Said("Paris\n"),
        "shy": Said("", refusal="I would rather not."),
    },
)


def test_a_recorded_answer_is_scored_with_what_was_recorded_of_it() -> None:
    assert answer_of(_ASKED, "old") == Answer("Paris", "Paris", None, 1, 0.5, 0.001)
    assert answer_of(_ASKED, "nobody") is None


def test_recordings_of_two_models_are_set_against_each_other() -> None:
    new, shy = answer_of(_ASKED, "new", "old"), answer_of(_ASKED, "shy", "old")
    alone = answer_of(_ASKED, "new", "nobody")
    assert new is not None
    assert shy is not None
    assert alone is not None
    assert Agreement().score(new) == Score(1.0)
    assert Agreement().score(shy) == Score(0.0, "only one of them is a refusal")
    assert Agreement().score(alone) is None


def test_a_refusal_is_not_what_was_hoped_for() -> None:
    shy = answer_of(_ASKED, "shy")
    assert shy is not None
    assert ExactMatch().score(shy) == Score(0.0)


def test_without_its_prompt_an_answer_has_no_reference() -> None:
    found = answer_of(Asked("0" * 64, None, {"old": Said("x")}), "old")
    assert found == Answer("x")
