from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.json_text import Json
from engine.scoring.scorer import Score
from engine.scoring.structured import JsonSchema, JsonValid

_ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {"item": {"type": "string", "pattern": "^[a-z]+$"}, "count": {"minimum": 1}},
    "patternProperties": {"^x-": {"type": "integer"}},
    "additionalProperties": False,
    "required": ["item"],
}


@pytest.mark.parametrize("text", ["{}", " [1, 2] \n", '"text"', "null", "1e5", "9" * 400])
def test_json_of_any_kind_is_valid(text: str) -> None:
    assert JsonValid().score(Answer(text)) == Score(1.0)


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", "NaN", "[Infinity]", "{} {}", "[1,]", "[" * 100_000]
)
def test_what_is_no_json_is_told(text: str) -> None:
    score = JsonValid().score(Answer(text))
    assert score is not None
    assert score.value == 0
    assert score.detail


def test_a_block_of_markdown_counts_only_if_it_may() -> None:
    block = Answer('```json\n{"a": 1}\n```')
    assert JsonValid().score(block) != Score(1.0)
    assert JsonValid(fenced=True).score(block) == Score(1.0)
    assert JsonValid(fenced=True).score(Answer("{}")) == Score(1.0)
    within_words = Answer("Here it is:\n```json\n{}\n```")
    assert JsonValid(fenced=True).score(within_words) != Score(1.0)


def test_an_answer_that_is_too_long_is_not_read() -> None:
    with pytest.raises(UnscorableError, match="more than 1,000,000 characters"):
        JsonValid().score(Answer("1" * 1_000_001))


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({"item": "tea", "count": 2, "x-id": 5}, None),
        ({"count": 2}, "$: 'item' is a required property"),
        ({"item": "tea", "count": 0}, "$.count: 0 is less than the minimum of 1"),
        ({"item": "TEA"}, "$.item: 'TEA' does not match '^[a-z]+$'"),
        ({"item": "tea", "x-id": "five"}, "$['x-id']: 'five' is not of type 'integer'"),
        ({"item": "tea", "y": 1}, "$: 'y' is not among the properties"),
        ([], "$: [] is not of type 'object'"),
    ],
)
def test_json_is_checked_by_a_schema(value: object, wrong: str | None) -> None:
    score = JsonSchema(_ORDER).score(Answer(json.dumps(value)))
    assert score == Score(0.0 if wrong else 1.0, wrong)


def test_other_properties_can_have_a_schema_of_their_own() -> None:
    scorer = JsonSchema({"additionalProperties": {"type": "integer"}})
    assert scorer.score(Answer('{"a": 1}')) == Score(1.0)
    score = scorer.score(Answer('{"a": "b"}'))
    assert score == Score(0.0, "$.a: 'b' is not of type 'integer'")


def test_what_is_no_json_is_not_of_the_shape() -> None:
    score = JsonSchema(_ORDER).score(Answer("Sure! {"))
    assert score is not None
    assert score.detail is not None
    assert score.detail.startswith("no JSON: ")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "objekt"}, r"this is no JSON schema: 'objekt' is not valid .*\(at type\)"),
        ([1], "is an object, or true or false"),
        ({"pattern": "("}, "no JSON schema|cannot be read"),
        ({"properties": {"a": {"pattern": "(?:a{9999}){9999}"}}}, "repeats too much"),
        ({"patternProperties": {"x": {}}, "unevaluatedProperties": False}, "not supported"),
    ],
)
def test_a_schema_that_is_none_or_asks_too_much_is_refused(schema: Json, words: str) -> None:
    with pytest.raises(ScorerError, match=words):
        JsonSchema(schema)


def test_nothing_is_fetched_that_a_schema_refers_to() -> None:
    scorer = JsonSchema({"$ref": "http://127.0.0.1:9/schema.json"})
    with pytest.raises(UnscorableError, match=r"refers to 'http://127.0.0.1:9/schema.json'"):
        scorer.score(Answer("{}"))


def test_a_schema_that_refers_to_itself_for_ever_is_told() -> None:
    scorer = JsonSchema({"$ref": "#"})
    with pytest.raises(UnscorableError, match="nested too deeply"):
        scorer.score(Answer("{}"))


def test_a_search_of_a_schema_that_takes_too_long_is_given_up() -> None:
    scorer = JsonSchema({"items": {"pattern": "(?:a{100}){100}b"}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.scoring.schemas.SECONDS", 0.05)
        with pytest.raises(UnscorableError, match="took too long"):
            scorer.score(Answer(json.dumps(["a" * 100_000])))


def test_a_schema_that_multiplies_without_end_is_given_up() -> None:
    steps = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 9} for n in range(20)}
    scorer = JsonSchema({"$defs": steps | {"a20": {}}, "$ref": "#/$defs/a0"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.scoring.schemas.SECONDS", 0.05)
        with pytest.raises(UnscorableError, match=r"took longer than 0\.05 seconds"):
            scorer.score(Answer("1"))


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ("[1, 2]", True),
        ("[1, 1.0]", False),
        ("[true, 1]", True),
        ('[{"a":1,"b":2},{"b":2,"a":1}]', False),
    ],
)
def test_items_that_are_the_same_are_found(items: str, unique: bool) -> None:
    score = JsonSchema({"uniqueItems": True}).score(Answer(items))
    assert score is not None
    assert score.value == unique


def test_many_items_are_found_to_differ_at_once() -> None:
    items = json.dumps([{"number": number} for number in range(20_000)])
    assert JsonSchema({"uniqueItems": True}).score(Answer(items)) == Score(1.0)


def test_a_schema_that_is_too_large_is_refused() -> None:
    with pytest.raises(ScorerError, match="has 100,000 characters at most"):
        JsonSchema({"description": "x" * 100_000})


def test_a_schema_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(_ORDER))
    assert JsonSchema.read_main(str(file)) == _ORDER


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="cannot be read"):
        JsonSchema.read_main(str(tmp_path / "missing.json"))
    with pytest.raises(ScorerError, match="is no file"):
        JsonSchema.read_main(str(tmp_path))
    file = tmp_path / "broken.json"
    file.write_text("{")
    with pytest.raises(ScorerError, match="cannot be read"):
        JsonSchema.read_main(str(file))
