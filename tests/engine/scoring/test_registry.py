from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.scoring.answer import Answer, Tokens
from engine.scoring.errors import ScorerError
from engine.scoring.matching import Contains, ExactMatch
from engine.scoring.measures import Length
from engine.scoring.numbers import NumberMatch
from engine.scoring.overlap import Chrf
from engine.scoring.patterns import Regex
from engine.scoring.registry import BUILT_IN, from_json, identity, kind_of, scorer_ids, to_json
from engine.scoring.scorer import Score, Scorer
from engine.scoring.scoring import scored
from engine.scoring.structured import JsonSchema

_NEEDED: dict[str, dict[str, Any]] = {
    "regex": {"pattern": "a"},
    "json_schema": {"schema": True},
    "judge": {"model": "gpt"},
}

_TOKENS = Tokens((-0.5, -0.1), (True, False), ("a", "b"))
_OTHER = Answer("x", tokens=_TOKENS)
_SAID = ("[[A]]", "[[B]]")
_FULL = Answer("[1] a", "[1] b", None, 2, 1.0, 0.01, _TOKENS, _TOKENS, _OTHER, _SAID)


@pytest.mark.parametrize("scorer_id", BUILT_IN)
def test_every_scorer_is_recorded_and_read_back(scorer_id: str) -> None:
    scorer = from_json({"id": scorer_id, "settings": _NEEDED.get(scorer_id, {})})
    said = json.loads(json.dumps(to_json(scorer)))
    assert said["id"] == scorer_id
    assert from_json(said) == scorer
    assert identity(from_json(said)) == identity(scorer)


@pytest.mark.parametrize("scorer_id", BUILT_IN)
def test_every_scorer_stays_in_the_range_that_it_tells(scorer_id: str) -> None:
    scorer = from_json({"id": scorer_id, "settings": _NEEDED.get(scorer_id, {})})
    score = scored(scorer, _FULL)
    assert isinstance(score, Score)
    assert scorer.about.low is None or score.value >= scorer.about.low
    assert scorer.about.high is None or score.value <= scorer.about.high


@pytest.mark.parametrize("scorer_id", BUILT_IN)
def test_without_what_it_needs_a_scorer_does_not_apply(scorer_id: str) -> None:
    scorer = from_json({"id": scorer_id, "settings": _NEEDED.get(scorer_id, {})})
    if scorer.needs:
        assert scorer.score(Answer("text")) is None
    else:
        assert scorer.score(Answer("text")) is not None


@pytest.mark.parametrize(
    "scorer",
    [
        ExactMatch(ignore_case=True),
        Contains("sorry", ignore_case=True),
        NumberMatch("first", 0.25),
        Regex("^a|b$", ignore_case=True, whole=True),
        JsonSchema({"required": ["ä"]}, fenced=True),
        Chrf(2, lowercase=True),
        Length("tokens"),
    ],
)
def test_all_settings_are_recorded(scorer: Scorer) -> None:
    assert from_json(json.loads(json.dumps(to_json(scorer)))) == scorer


def test_other_settings_are_another_identity() -> None:
    assert identity(ExactMatch()) != identity(ExactMatch(ignore_case=True))
    assert identity(Regex("a")) != identity(Regex("b"))
    assert identity(Contains()) != identity(Contains("a"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"id": "gone"}, "there is no scorer 'gone'"),
        ({"id": "exact_match", "version": 99}, "of version 99, newer than what is installed"),
        ({"id": "exact_match", "settings": {"colour": 1}}, "has no setting 'colour'"),
        ({"id": "exact_match", "settings": {"ignore_case": 1}}, "is true or false, not 1"),
        ({"id": "regex", "settings": {"pattern": "\ud800"}}, "half of a surrogate pair"),
        ({"id": "json_schema", "settings": {"schema": ["\ud800"]}}, "half of a surrogate pair"),
        ({"id": "regex", "settings": {"pattern": None}}, "is a text, not None"),
        ({"id": "number_match", "settings": {"tolerance": True}}, "is a number, not True"),
        ({"id": "chrf", "settings": {"word_order": "2"}}, "is a whole number, not '2'"),
    ],
)
def test_what_cannot_be_read_back_is_told_in_words(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ScorerError, match=words):
        from_json(said)


def test_a_whole_number_will_do_for_any_number() -> None:
    said = {"id": "number_match", "settings": {"tolerance": 1}}
    assert from_json(said) == NumberMatch(tolerance=1)


def test_ids_are_listed_with_ftlabs_own_first() -> None:
    assert scorer_ids()[: len(BUILT_IN)] == list(BUILT_IN)
    assert kind_of("exact_match") is ExactMatch


def test_listing_scorers_loads_no_package_that_only_some_need() -> None:
    code = "import engine.scoring.specs, engine.scoring.scoring, sys; print(*sys.modules)"
    root = Path(engine.__file__).parents[1]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    heavy = {"numpy", "sacrebleu", "rapidfuzz", "jsonschema", "referencing", "regex", "pydantic"}
    assert not loaded & heavy
