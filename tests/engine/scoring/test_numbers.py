from __future__ import annotations

from decimal import Decimal

import pytest

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError
from engine.scoring.numbers import NumberMatch, number_in
from engine.scoring.scorer import Score


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("48/2 = <<48/2=24>>24 clips. 48+24 = 72 clips.\n#### 72", "72"),
        ("#### 1,200 (not 7)", "1200"),
        ("The answer is $1,234.50.", "1234.50"),
        ("It is 42.", "42"),
        ("so 15%", "15"),
        ("minus: -5", "-5"),
        ("10-5", "5"),
        ("(10)-5", "5"),
        ("\N{MINUS SIGN}7 degrees", "-7"),
        ("-$3", "-3"),
        ("$-3", "-3"),
        (".5 or 0.25", "0.25"),
        ("about .5", "0.5"),
        ("1e3", "1000"),
        ("2.5E-2 litres", "0.025"),
        ("answer: \\boxed{17}", "17"),
        ("答案是42。", "42"),
        ("H2O and x1", None),
        ("1,2,3", "3"),
        ("12,34", "34"),
        ("1,000,000", "1000000"),
        ("5km", "5"),
        ("no number at all", None),
        ("3 apples #### none", None),
        ("", None),
    ],
)
def test_the_last_number_of_a_text(text: str, number: str | None) -> None:
    assert number_in(text) == (None if number is None else Decimal(number))


def test_the_first_number_of_a_text() -> None:
    assert number_in("3 of 4", "first") == 3


def test_numbers_are_compared_by_what_they_are_worth() -> None:
    answer = Answer("In all that is $1,200.00.", "Add them.\n#### 1200")
    assert NumberMatch().score(answer) == Score(1.0, "1200.00")
    wrong = Answer("It is 7 or 8", "#### 7")
    assert NumberMatch().score(wrong) == Score(0.0, "8; hoped for 7")
    assert NumberMatch("first").score(wrong) == Score(1.0, "7")


def test_a_tolerance_lets_numbers_differ() -> None:
    answer = Answer("3.1", "3")
    assert NumberMatch().score(answer) == Score(0.0, "3.1; hoped for 3")
    assert NumberMatch(tolerance=0.1).score(answer) == Score(1.0, "3.1")
    with pytest.raises(ScorerError, match="a tolerance is 0 or more, not -1"):
        NumberMatch(tolerance=-1)


def test_an_answer_without_a_number_is_wrong_and_a_reference_without_one_says_nothing() -> None:
    assert NumberMatch().score(Answer("I do not know", "7")) == Score(0.0, "no number; hoped for 7")
    assert NumberMatch().score(Answer("7", "seven")) is None
    assert NumberMatch().score(Answer("7")) is None


def test_a_number_of_very_many_digits_takes_no_time() -> None:
    long = "9" * 100_000
    score = NumberMatch().score(Answer(long + "8", long))
    assert score is not None
    assert score.value == 0
    assert len(score.detail or "") < 100
