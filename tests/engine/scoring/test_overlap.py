from __future__ import annotations

from typing import Any

import pytest
from sacrebleu import corpus_bleu, corpus_chrf, sentence_bleu, sentence_chrf

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.overlap import Bleu, Chrf, EditSimilarity, RougeL
from engine.scoring.scorer import Score, Scorer

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


def test_the_figures_of_all_answers_are_those_of_the_corpus() -> None:
    bleu, chrf = Bleu().whole(_ANSWERS), Chrf().whole(_ANSWERS)
    assert bleu is not None
    assert bleu.value == _near(corpus_bleu(_TEXTS, [_REFERENCES]).score)
    assert bleu.detail is not None
    assert "smooth:exp" in bleu.detail
    for scorer in (Chrf(), Chrf(word_order=2), Chrf(lowercase=True)):
        parts = [each for each in map(scorer.parts, _ANSWERS) if each is not None]
        totals = [sum(column) for column in zip(*parts, strict=True)]
        expected = corpus_chrf(_TEXTS, [_REFERENCES], word_order=scorer.word_order)
        if not scorer.lowercase:
            assert scorer.figure(totals) == _near(expected.score)
    assert chrf is not None
    assert chrf.value == _near(corpus_chrf(_TEXTS, [_REFERENCES]).score)
    assert Bleu().whole([Answer("no reference")]) is None
    assert Chrf().whole([]) is None


def test_the_bleu_of_added_parts_is_that_of_the_corpus() -> None:
    for scorer in (Bleu(), Bleu("char"), Bleu(lowercase=True)):
        parts = [found for found in map(scorer.parts, _ANSWERS) if found is not None]
        totals = [sum(column) for column in zip(*parts, strict=True)]
        whole = scorer.whole(_ANSWERS)
        assert whole is not None
        assert scorer.figure(totals) == _near(whole.value)


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
