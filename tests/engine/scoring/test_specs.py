from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.scoring.errors import ScorerError
from engine.scoring.matching import Contains, ExactMatch
from engine.scoring.measures import Length
from engine.scoring.numbers import NumberMatch
from engine.scoring.overlap import Bleu, Chrf
from engine.scoring.patterns import Regex
from engine.scoring.scorer import Scorer
from engine.scoring.specs import label, parse
from engine.scoring.structured import JsonSchema

_TYPED: list[tuple[str, Scorer]] = [
    ("exact_match", ExactMatch()),
    ("exact_match,ignore_case", ExactMatch(ignore_case=True)),
    ("exact_match,ignore_case=no", ExactMatch()),
    ("regex:^yes$", Regex("^yes$")),
    ("regex:a:b,c=d", Regex("a:b,c=d")),
    ("regex, ignore_case = true :x", Regex("x", ignore_case=True)),
    ("contains:I am sorry", Contains("I am sorry")),
    ("number_match:first", NumberMatch("first")),
    ("number_match,tolerance=0.5,which=first", NumberMatch("first", 0.5)),
    ("bleu:intl", Bleu("intl")),
    ("chrf,word_order=2", Chrf(word_order=2)),
    ("length:tokens", Length("tokens")),
]


@pytest.mark.parametrize(
    ("spec", "scorer"),
    _TYPED,
    ids=str,
)
def test_scorers_are_read_as_they_are_typed(spec: str, scorer: Scorer) -> None:
    assert parse(spec) == scorer


@pytest.mark.parametrize("scorer", [scorer for _, scorer in _TYPED], ids=label)
def test_a_label_is_read_back_as_the_same_scorer(scorer: Scorer) -> None:
    assert parse(label(scorer)) == scorer


def test_a_schema_is_read_from_its_file_and_shown_by_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps({"type": "object"}))
    scorer = parse(f"json_schema,fenced:{file}")
    assert scorer == JsonSchema({"type": "object"}, fenced=True)
    assert label(scorer).startswith("json_schema,fenced=true:#")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", "'' names no scorer"),
        (":x", "':x' names no scorer"),
        ("exact_mach", "there is no scorer 'exact_mach'; did you mean exact_match?"),
        ("qqq", "there is no scorer 'qqq'; there are exact_match, normalized_match"),
        ("regex", "the scorer regex needs its pattern: regex:PATTERN"),
        ("regex:", "the scorer regex has nothing behind its colon"),
        ("regex:(", "cannot be read"),
        ("json_schema", "the scorer json_schema needs its schema: json_schema:SCHEMA"),
        ("json_schema:no-such-file", "the schema no-such-file cannot be read"),
        ("exact_match:x", "the scorer exact_match takes nothing behind a colon"),
        ("exact_match,colour", "has no setting 'colour'; it has ignore_case"),
        ("latency,colour", "has no setting 'colour'; it has none"),
        ("exact_match,ignore_case=perhaps", "is true or false, not 'perhaps'"),
        ("number_match:middle", "which of the scorer number_match is last or first, not 'middle'"),
        ("number_match,tolerance=wide", "tolerance .* is a number, not 'wide'"),
        ("number_match,tolerance=nan", "a tolerance is 0 or more, not nan"),
        ("number_match,tolerance", "needs a value: tolerance=VALUE"),
        ("chrf,word_order=2.5", "word_order of the scorer chrf is a whole number, not '2.5'"),
        ("number_match,which=last:first", "which of the scorer number_match is given twice"),
        ("chrf,word_order=1,word_order=2", "word_order is given twice"),
        ("bleu:klingon", "is 13a or intl or char or zh or none, not 'klingon'"),
    ],
)
def test_what_is_wrong_with_a_spec_is_told_in_words(spec: str, words: str) -> None:
    with pytest.raises(ScorerError, match=words):
        parse(spec)
