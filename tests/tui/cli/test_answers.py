"""Answers as they come, where there are no columns."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from engine.chatting.side_by_side import Ended
from engine.chatting.turns import ChatTurn
from engine.errors import ProviderError
from tui.cli.answers import AsJson, InOrder, shown

Capture = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class _Model:
    model_name: str
    hosted: bool = True


_ONE, _TWO = _Model("one"), _Model("two", hosted=False)
_FAILURE = ProviderError("openai broke off", "connection")


def _end(place: int, content: str, failure: Exception | None = None) -> Ended:
    error = str(failure) if failure else None
    turn = ChatTurn("?", content, None if failure else "stop", 3, 2, 0, 0.1, 1.0, error, 0.25)
    return Ended(place, turn, failure)


def test_one_answer_is_nothing_but_its_words(capsys: Capture) -> None:
    with InOrder([_ONE]) as answers:
        answers.grew(0, "Two ")
        assert capsys.readouterr().out == "Two "
        answers.grew(0, "euros.")
        answers.ended(_end(0, "Two euros."))
    printed = capsys.readouterr()
    assert printed.out == "euros.\n"
    assert printed.err == "1.0 s · 3 tokens in, 2 out · $0.25\n"


def test_one_answer_that_never_came_prints_nothing(capsys: Capture) -> None:
    with InOrder([_ONE]) as answers:
        answers.ended(_end(0, "", _FAILURE))
    assert capsys.readouterr() == ("", "")


def test_several_answers_stand_in_the_order_of_their_models_and_the_first_streams(
    capsys: Capture,
) -> None:
    with InOrder([_ONE, _TWO]) as answers:
        answers.grew(1, "later")
        answers.grew(0, "fir")
        assert capsys.readouterr().out == "one:\nfir"
        answers.ended(_end(1, "later"))
        answers.grew(0, "st")
        answers.ended(_end(0, "first", _FAILURE))
    printed = capsys.readouterr()
    assert printed.out == "st\n\ntwo:\nlater\n"
    assert printed.err.splitlines() == [
        "1.0 s · 3 tokens in, 2 out · $0.25",
        "! openai broke off",
        "1.0 s · 3 tokens in, 2 out · $0.25",
    ]


def test_as_json_each_turn_is_a_line_that_names_its_model(capsys: Capture) -> None:
    with AsJson([_ONE, _TWO]) as answers:
        answers.grew(0, "Two")
        answers.ended(_end(1, "Two euros."))
        answers.ended(_end(0, "Two", _FAILURE))
        answers.ended(Ended(0, None, _FAILURE))
    two, one, unasked = map(json.loads, capsys.readouterr().out.splitlines())
    assert (two["model"], two["content"], two["cost"], two["error"]) == (
        *("two", "Two euros.", 0.25, None),
    )
    assert (one["model"], one["content"], one["error"]) == ("one", "Two", "openai broke off")
    assert unasked == {"model": "one", "error": "openai broke off"}


def test_where_nobody_looks_there_are_no_columns(capsys: Capture) -> None:
    with shown([_ONE, _TWO], as_json=False) as answers:
        assert isinstance(answers, InOrder)
    with shown([_ONE, _TWO], as_json=True) as answers:
        assert isinstance(answers, AsJson)
    capsys.readouterr()


def test_line_breaks_of_another_system_are_line_breaks(capsys: Capture) -> None:
    with InOrder([_ONE]) as answers:
        answers.grew(0, "one\r\ntwo")
    assert capsys.readouterr().out == "one\ntwo"


def test_one_that_was_stopped_before_it_was_asked_says_so(capsys: Capture) -> None:
    with AsJson([_ONE]) as answers:
        answers.ended(Ended(0, None, None))
    assert json.loads(capsys.readouterr().out) == {"model": "one", "error": "stopped"}
