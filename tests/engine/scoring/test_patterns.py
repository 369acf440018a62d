from __future__ import annotations

import pytest

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.patterns import Regex, search, within
from engine.scoring.scoring import Fault, scored

_CATASTROPHE = "(?:a{100}){100}b"
"""Tries again at every place, whatever a clever engine leaves out."""

_TEXT = "a" * 100_000


def _value(scorer: Regex, text: str) -> float:
    score = scorer.score(Answer(text))
    assert score is not None
    return score.value


def test_a_pattern_is_found_anywhere_or_is_the_whole_answer() -> None:
    assert _value(Regex("yes"), "oh yes!") == 1
    assert _value(Regex("^yes$"), "oh yes!") == 0
    assert _value(Regex("yes|no", whole=True), " no\n") == 1
    assert _value(Regex("yes|no", whole=True), "no way") == 0
    assert _value(Regex("YES", ignore_case=True), "yes") == 1


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "a{2}{3}", "*"])
def test_a_pattern_that_cannot_be_read_is_told_in_words(pattern: str) -> None:
    with pytest.raises(ScorerError, match="cannot be read"):
        Regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("a" * 1001, "has 1,000 characters at most, this one 1,001"),
        ("(?:(?:a{1000}){1000}){1000}", "repeats too much"),
        ("a{100000000}", "repeats too much"),
        ("a{,100000000}", "repeats too much"),
        ("(?x)(?:a{1000}) # a remark\n{1001}", "repeats too much"),
        ("(?:" * 240 + "a" + ")" * 240, "nested too deeply"),
    ],
)
def test_a_pattern_whose_reading_would_take_too_long_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(ScorerError, match=words):
        Regex(pattern)


def test_usual_counts_are_no_trouble() -> None:
    assert _value(Regex(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"), "2024-05-01T10:20:30") == 1


def test_a_search_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(UnscorableError, match="took too long"), within(0.05):
        search(_CATASTROPHE, _TEXT)


def test_all_searches_in_an_answer_share_their_time() -> None:
    with within(0.0), pytest.raises(UnscorableError, match="took too long"):
        search(_CATASTROPHE, _TEXT)


def test_a_search_that_takes_too_long_is_told_at_its_answer_alone() -> None:
    scorer = Regex(_CATASTROPHE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.scoring.patterns.SECONDS", 0.05)
        fault = scored(scorer, Answer(_TEXT))
    assert isinstance(fault, Fault)
    assert "without repeats inside of repeats" in fault.words
    assert scored(scorer, Answer("short")) is not None
