from __future__ import annotations

import pytest

from engine.scoring.answer import Answer
from engine.scoring.matching import Contains, ExactMatch, NormalizedMatch, normalized
from engine.scoring.scorer import Scorer


def _value(scorer: Scorer, text: str, reference: str | None) -> float | None:
    score = scorer.score(Answer(text, reference))
    return None if score is None else score.value


@pytest.mark.parametrize(
    ("text", "reference", "value"),
    [
        ("Paris", "Paris", 1),
        (" Paris\n", "Paris", 1),
        ("paris", "Paris", 0),
        ("Paris.", "Paris", 0),
        ("", "Paris", 0),
        ("", "", 1),
        ("Paris", None, None),
    ],
)
def test_an_exact_match_is_the_reference_but_for_the_space_around_it(
    text: str, reference: str | None, value: float | None
) -> None:
    assert _value(ExactMatch(), text, reference) == value


def test_case_can_be_passed_over() -> None:
    assert _value(ExactMatch(ignore_case=True), "STRASSE", "Straße") == 1
    assert _value(Contains(ignore_case=True), "in PARIS", "Paris") == 1


@pytest.mark.parametrize(
    ("text", "reference", "value"),
    [
        ("The Eiffel  Tower!", "eiffel tower", 1),
        ("a cat", "cats", 0),
        ("«Ja»", "ja", 1),
        ("东京。", "东京", 1),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{FULLWIDTH DIGIT ONE}", "a1", 1),
        ("C++", "c", 1),
        ("5 €", "5", 0),
        ("another", "other", 0),
        ("!!!", "???", 0),
        ("the", "a", 0),
        ("x", None, None),
    ],
)
def test_a_normalized_match_passes_over_case_punctuation_articles_and_space(
    text: str, reference: str | None, value: float | None
) -> None:
    assert _value(NormalizedMatch(), text, reference) == value


def test_articles_can_be_kept() -> None:
    assert normalized("The cat") == "cat"
    assert normalized("The cat", keep_articles=True) == "the cat"
    assert _value(NormalizedMatch(keep_articles=True), "vitamin A", "vitamin") == 0


def test_contains_looks_for_the_reference_or_for_a_text_of_its_own() -> None:
    assert _value(Contains(), "It is Paris, of course", "Paris ") == 1
    assert _value(Contains(), "It is Rome", "Paris") == 0
    assert _value(Contains("sorry"), "I am sorry, but", None) == 1
    assert _value(Contains(), "anything", None) is None
    assert _value(Contains(), "anything", " ") is None


def test_contains_needs_a_reference_unless_the_text_is_given() -> None:
    assert Contains().needs_reference
    assert not Contains("sorry").needs_reference
