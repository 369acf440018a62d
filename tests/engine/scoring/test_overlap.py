from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sacrebleu import corpus_bleu, corpus_chrf, sentence_bleu, sentence_chrf

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.overlap import Bleu, Chrf, EditSimilarity, RougeL
from engine.scoring.scorer import Pooled, Score, Scorer
from engine.scoring.scoring import figure_of

_near: Any = pytest.approx

_ROWS = [
    ("The dog bit the man.", "The dog bit the man."),
    ("It was not surprising.", "It wasn't surprising at all."),
    ("A man had bitten the dog.", "The man had just bitten the small dog, yesterday."),
    ("Ja!", "No."),
    ("", "Silence."),
]
_ANSWERS = [*(Answer(text, reference) for text, reference in _ROWS), Answer("no reference")]
_TEXTS, _REFERENCES = [text for text, _ in _ROWS], [reference for _, reference in _ROWS]


def _value(scorer: Scorer, text: str, reference: str) -> float | None:
    score = scorer.score(Answer(text, reference))
    return None if score is None else score.value


@pytest.mark.parametrize(
    ("reference", "text", "f_measure"),
    [
        # rougeL of rouge-score 0.1.2, without stemming.
        (
            "The quick brown fox jumps over the lazy dog",
            "The quick brown dog jumps on the log.",
            0.5882352941,
        ),
        ("police killed the gunman", "police kill the gunman", 0.75),
        ("police killed the gunman", "the gunman kill police", 0.5),
        ("It is 3.14, isn't it?", "it isn't 3 14", 0.5),
        ("a b c d e f g", "a c e g x", 0.6666666667),
        ("Zürich naïve café", "zurich naive cafe", 0.0),
        ("one", "two", 0.0),
        ("x y z", "", 0.0),
    ],
)
def test_rouge_l_is_that_of_rouge_score(reference: str, text: str, f_measure: float) -> None:
    assert _value(RougeL(), text, reference) == _near(f_measure, abs=1e-9)


def test_rouge_l_of_other_scripts_is_asked_for() -> None:
    assert _value(RougeL(), "Это так", "Это не так") is None
    assert _value(RougeL("unicode"), "Это так", "Это не так") == _near(0.8)


def test_edit_similarity_is_the_share_of_letters_that_stay() -> None:
    assert EditSimilarity().score(Answer("kitten", "sitting")) == Score(_near(1 - 3 / 7), "3 edits")
    assert _value(EditSimilarity(), " same\n", "same") == 1
    assert _value(EditSimilarity(), "", "") == 1
    assert _value(EditSimilarity(), "", "abc") == 0
    assert _value(EditSimilarity(ignore_case=True), "ABC", "abc") == 1


@pytest.mark.parametrize(("text", "reference"), _ROWS)
def test_an_answers_bleu_and_chrf_are_those_of_sacrebleu(text: str, reference: str) -> None:
    bleu = sentence_bleu(text, [reference]).score
    assert _value(Bleu(), text, reference) == _near(min(bleu, 100))
    assert _value(Chrf(), text, reference) == _near(sentence_chrf(text, [reference]).score)
    plus = sentence_chrf(text, [reference], word_order=2).score
    assert _value(Chrf(word_order=2), text, reference) == _near(plus)


def _of_all(scorer: Pooled, answers: Sequence[Answer]) -> float | None:
    found = [parts for parts in map(scorer.parts, answers) if parts is not None]
    return figure_of(scorer, found)


def test_the_figures_of_all_answers_are_those_of_the_corpus() -> None:
    for tokenize in ("13a", "char"):
        expected = corpus_bleu(_TEXTS, [_REFERENCES], tokenize=tokenize).score
        assert _of_all(Bleu(tokenize), _ANSWERS) == _near(expected)
    lower = corpus_bleu(_TEXTS, [_REFERENCES], lowercase=True).score
    assert _of_all(Bleu(lowercase=True), _ANSWERS) == _near(lower)
    for order in (0, 2):
        expected = corpus_chrf(_TEXTS, [_REFERENCES], word_order=order).score
        assert _of_all(Chrf(word_order=order), _ANSWERS) == _near(expected)
    assert _of_all(Bleu(), [Answer("no reference")]) is None
    assert _of_all(Chrf(), []) is None


def test_a_bleu_of_nothing_because_all_answers_are_short_says_why() -> None:
    short = [Answer("It is 5", "It is 5"), Answer("It is 6", "It is 7")]
    assert _of_all(Bleu(), short) == 0
    assert "no answer has 4 words" in str(Bleu().remark(_totals(short)))
    assert Bleu().remark(_totals([*short, Answer("It is not a 6", "It is a 7")])) is None
    assert Bleu().remark(_totals([Answer("No.", "Yes!")])) is None


def _totals(answers: Sequence[Answer]) -> list[float]:
    parts = (found for found in map(Bleu().parts, answers) if found is not None)
    return [sum(column) for column in zip(*parts, strict=True)]


def test_settings_of_bleu_and_chrf_are_heeded() -> None:
    assert _value(Bleu(lowercase=True), "THE DOG BIT THE MAN.", _ROWS[0][0]) == _near(100)
    assert _value(Chrf(lowercase=True), "THE DOG", "the dog") == _near(100)
    with pytest.raises(ScorerError, match="word_order is 0 to 9, not -1"):
        Chrf(word_order=-1)


@pytest.mark.parametrize("scorer", [RougeL(), EditSimilarity(), Chrf(), Bleu()])
def test_texts_that_are_too_long_are_not_compared(scorer: Scorer) -> None:
    with pytest.raises(UnscorableError, match="more than 100,000 characters"):
        scorer.score(Answer("a " * 60_000, "b"))


@pytest.mark.parametrize("scorer", [RougeL(), EditSimilarity(), Chrf(), Bleu()])
def test_without_a_reference_there_is_nothing_to_compare(scorer: Scorer) -> None:
    assert scorer.score(Answer("text")) is None
