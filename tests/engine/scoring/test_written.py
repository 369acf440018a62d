from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError
from engine.scoring.registry import from_json, identity, scorer_ids, to_json
from engine.scoring.scorer import Score
from engine.scoring.scoring import Fault, scored
from engine.scoring.specs import parse

_MODULE = '''
from dataclasses import dataclass
from typing import ClassVar, Literal
from engine.scoring.scorer import About, Score, Scorer

def politeness(answer):
    """How often the answer says please."""
    return answer.text.count("please")

def nothing(answer):
    return None

def right(answer):
    return answer.text == "yes"

def detailed(answer):
    return Score(0.5, "half")

def broken(answer):
    raise KeyError("colour")

def endless(answer):
    return float("inf")

def wordy(answer):
    return "very good"

def nowhere(answer):
    return float("nan")

def quoted(answer):
    return "0.5"

def leaving(answer):
    raise SystemExit(3)

def breaking(answer):
    raise KeyboardInterrupt

class Unspeakable(Exception):
    def __str__(self):
        raise ValueError

def unspeakable(answer):
    raise Unspeakable

def numbered(answer):
    return Score(0.5, 7)

def halved(answer):
    return Score(0.5, "\\ud800")

@dataclass(frozen=True)
class Shouting(Scorer):
    about: ClassVar[About] = About("shouting", "says it loudly", higher_is_better=False, main="by")
    by: Literal["case", "marks"] = "case"
    def score(self, answer):
        return Score(float(answer.text.isupper() if self.by == "case" else "!" in answer.text))

@dataclass(frozen=True)
class Misnamed(Scorer):
    about: ClassVar[About] = About("other", "")
    def score(self, answer):
        return None

class Unfinished(Scorer):
    about: ClassVar[About] = About("unfinished", "")

not_callable = 7
'''

_ENTRIES = """[ftlab.scorers]
politeness = scorers_of_a_user:politeness
nothing = scorers_of_a_user:nothing
right = scorers_of_a_user:right
detailed = scorers_of_a_user:detailed
broken = scorers_of_a_user:broken
endless = scorers_of_a_user:endless
wordy = scorers_of_a_user:wordy
nowhere = scorers_of_a_user:nowhere
quoted = scorers_of_a_user:quoted
leaving = scorers_of_a_user:leaving
breaking = scorers_of_a_user:breaking
unspeakable = scorers_of_a_user:unspeakable
numbered = scorers_of_a_user:numbered
halved = scorers_of_a_user:halved
exiting = scorers_that_exit:anything
shouting = scorers_of_a_user:Shouting
misnamed = scorers_of_a_user:Misnamed
unfinished = scorers_of_a_user:Unfinished
not_callable = scorers_of_a_user:not_callable
missing = scorers_of_a_user:missing
unimportable = scorers_that_raise:anything
exact_match = scorers_of_a_user:politeness
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with scorers of a user."""
    (tmp_path / "scorers_of_a_user.py").write_text(_MODULE)
    (tmp_path / "scorers_that_raise.py").write_text("raise RuntimeError('no licence')")
    (tmp_path / "scorers_that_exit.py").write_text("raise SystemExit('no licence')")
    described = tmp_path / "scorers_of_a_user-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: scorers\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(_ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("scorers_of_a_user", None)


def test_scorers_of_users_are_listed_and_not_imported() -> None:
    assert "politeness" in scorer_ids()
    assert scorer_ids().count("exact_match") == 1
    parse("exact_match")
    assert "scorers_of_a_user" not in sys.modules


@pytest.mark.parametrize(
    ("spec", "text", "score"),
    [
        ("politeness", "please, please", Score(2.0)),
        ("nothing", "x", None),
        ("right", "yes", Score(1.0)),
        ("detailed", "x", Score(0.5, "half")),
        ("shouting", "HEY", Score(1.0)),
        ("shouting:marks", "HEY", Score(0.0)),
        ("exact_match", "please", None),
    ],
)
def test_functions_and_classes_score_answers(spec: str, text: str, score: Score | None) -> None:
    assert scored(parse(spec), Answer(text)) == score


@pytest.mark.parametrize("spec", ["politeness", "shouting:marks"])
def test_they_are_recorded_and_read_back(spec: str) -> None:
    said = to_json(parse(spec))
    assert to_json(from_json(said)) == said


def test_the_package_and_its_version_are_recorded_with_them(tmp_path: Path) -> None:
    assert to_json(parse("politeness"))["package"] == "scorers 1.0"
    before = identity(parse("politeness"))
    described = tmp_path / "scorers_of_a_user-1.0.dist-info" / "METADATA"
    described.write_text("Metadata-Version: 2.1\nName: scorers\nVersion: 2.0\n")
    assert identity(parse("politeness")) != before
    assert "package" not in to_json(parse("exact_match"))


def test_a_functions_first_line_says_what_it_measures() -> None:
    about = parse("politeness").about
    assert about.says == "How often the answer says please."
    assert about.low is None


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("broken", "broken raised KeyError: 'colour'"),
        ("endless", "endless returned inf, which is no finite number"),
        ("wordy", "wordy returned no number, but 'very good'"),
        ("nowhere", "nowhere returned nan, which is no finite number"),
        ("quoted", "quoted returned no number, but '0.5'"),
        ("unspeakable", "unspeakable raised Unspeakable"),
        ("numbered", "numbered returned a detail that is no text: 7"),
    ],
)
def test_what_they_raise_is_told_of_the_answer(spec: str, words: str) -> None:
    assert scored(parse(spec), Answer("x")) == Fault(words)


def test_halves_of_characters_can_be_recorded() -> None:
    assert scored(parse("halved"), Answer("x")) == Score(0.5, "\\ud800")


@pytest.mark.parametrize(
    ("spec", "raised"), [("leaving", "SystemExit: 3"), ("breaking", "KeyboardInterrupt")]
)
def test_they_cannot_end_the_program(spec: str, raised: str) -> None:
    scorer = parse(spec)
    with ThreadPoolExecutor(1) as beside:
        assert beside.submit(scored, scorer, Answer("x")).result() == Fault(
            f"{spec} raised {raised}"
        )
    # Where signals come up, it may be a person who ends it.
    with pytest.raises((SystemExit, KeyboardInterrupt)):
        scored(scorer, Answer("x"))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("missing", "'missing' .* cannot be loaded: AttributeError"),
        ("unimportable", "'unimportable' .* cannot be loaded: RuntimeError: no licence"),
        ("exiting", "'exiting' .* cannot be loaded: SystemExit: no licence"),
        ("not_callable", "is neither a function nor a Scorer"),
        ("misnamed", "has no about with the id 'misnamed'"),
        ("unfinished", "no dataclass derived from Scorer with a method score"),
        ("shouting:smell", "by of the scorer shouting is case or marks, not 'smell'"),
        ("politeness:very", "takes nothing behind a colon"),
    ],
)
def test_one_that_cannot_be_used_is_told_in_words(spec: str, words: str) -> None:
    with pytest.raises(ScorerError, match=words):
        parse(spec)


def test_two_packages_with_the_same_scorer_are_told(tmp_path: Path) -> None:
    other = tmp_path / "others-2.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 2.0\n")
    (other / "entry_points.txt").write_text("[ftlab.scorers]\npoliteness = others:polite\n")
    with pytest.raises(ScorerError, match="there are several scorers 'politeness'"):
        parse("politeness")
