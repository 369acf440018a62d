from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.data.checking.fingerprints import key_of
from engine.data.checking.personal import PersonalData
from engine.data.checking.rows import is_sound, method_of, plain_chat, row_problems
from engine.data.checking.rules import Method
from engine.data.checking.run import CheckSettings, check
from engine.data.tokens.tokenizer import TokenizerSpec
from tests.engine.data.checking.conftest import ANSWER, QUESTION, SYSTEM, asked, batch, chat

CONTENTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", " ", "\t\n", "a\x00", "\x85", "caf\ufffd", "\ud800", "VoilÃ© tout", "é"]),
    st.none(),
    st.integers(),
    st.just([{"type": "text", "text": "a"}]),
)
ROLES = st.sampled_from(["system", "developer", "user", "assistant", "tool", "function", "bot", 3])
MESSAGES = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"role": ROLES, "content": CONTENTS},
            optional={"weight": st.integers(0, 2), "name": st.text(max_size=3)},
        ),
        st.fixed_dictionaries({"role": ROLES}),
        st.just("text"),
    ),
    max_size=4,
)
ROWS = st.fixed_dictionaries(
    {"messages": st.one_of(MESSAGES, st.text(max_size=3), st.none())},
    optional={"tools": st.just([]), "topic": st.text(max_size=3)},
)


@settings(max_examples=100)
@given(row=ROWS)
@example(row=chat(SYSTEM, QUESTION, ANSWER))
@example(row=chat(QUESTION, ANSWER, QUESTION | {"content": "And in French?"}, ANSWER))
@example(row=chat(QUESTION | {"content": "\u0085"}, ANSWER))
@example(row=chat(QUESTION | {"content": "\x7f"}, ANSWER))
@example(row=chat(QUESTION, ANSWER | {"content": "\u2028"}))
def test_the_fast_way_lets_nothing_through_that_a_rule_objects_to(row: dict[str, Any]) -> None:
    plain = plain_chat(row)
    problems = row_problems(row, "supervised")
    if plain is not None:
        assert problems == []
        _, _, _, key = plain
        assert key == key_of(row)
    if is_sound(problems):
        assert len(key_of(row)) == 16


def test_ordinary_rows_take_the_fast_way() -> None:
    assert plain_chat(asked("How are you?", "I am fine, très bien.", "Be brief.")) is not None
    assert plain_chat(chat(QUESTION, ANSWER, QUESTION, ANSWER)) is not None


@pytest.mark.parametrize(
    ("row", "method"),
    [
        ({"messages": []}, "supervised"),
        ({"messages": [], "prompt": ""}, "supervised"),
        ({"preferred_output": []}, "dpo"),
        ({"input": {"messages": []}}, "dpo"),
        ({"prompt": "?"}, "completion"),
        ({"instruction": "?", "input": "text", "output": "!"}, "supervised"),
        ({}, "supervised"),
    ],
)
def test_the_keys_of_a_row_tell_what_it_is_for(row: dict[str, Any], method: str) -> None:
    assert method_of(row) == method


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["user", "assistant", "system", "text", "joe@example.com", "\ud800"]),
)
KEYS = st.sampled_from(
    [
        *("role", "content", "name", "weight", "refusal", "tool_calls", "tool_call_id"),
        *("messages", "tools", "function", "arguments", "type", "text", "id"),
    ]
)
NONSENSE = st.recursive(
    VALUES,
    lambda values: st.one_of(
        st.lists(values, max_size=3), st.dictionaries(KEYS, values, max_size=3)
    ),
    max_leaves=12,
)
WELL_FORMED = st.sampled_from([SYSTEM, QUESTION, ANSWER, ANSWER | {"weight": 0}])
SPOKEN = st.lists(
    st.one_of(
        WELL_FORMED,
        st.fixed_dictionaries(
            {"role": st.sampled_from(["user", "assistant", "tool"]), "content": NONSENSE},
            optional={
                "name": NONSENSE,
                "weight": NONSENSE,
                "refusal": NONSENSE,
                "tool_calls": NONSENSE,
            },
        ),
        NONSENSE,
    ),
    max_size=4,
)
BESIDE = {"tools": NONSENSE, "functions": NONSENSE, "topic": NONSENSE}
CHATS = st.fixed_dictionaries({"messages": st.one_of(SPOKEN, NONSENSE)}, optional=BESIDE)
OUTPUTS = st.one_of(SPOKEN, NONSENSE)
PREFERENCES = st.fixed_dictionaries(
    {"input": st.one_of(CHATS, NONSENSE), "preferred_output": OUTPUTS},
    optional={"non_preferred_output": OUTPUTS, "topic": NONSENSE},
)
LEGACY = st.fixed_dictionaries(
    {},
    optional={
        "prompt": st.one_of(st.text(max_size=3), NONSENSE),
        "completion": st.one_of(st.text(max_size=3), NONSENSE),
        "messages": NONSENSE,
        "input": NONSENSE,
    },
)
ANYTHING = st.dictionaries(st.one_of(KEYS, st.text(max_size=3)), NONSENSE, max_size=4)


@pytest.fixture(scope="module")
def by_o200k(tmp_path_factory: pytest.TempPathFactory) -> TokenizerSpec:
    """A tokenizer of hosted models."""
    return TokenizerSpec("hosted", "o200k_base", tmp_path_factory.mktemp("tokenizers"))


@settings(max_examples=400)
@given(
    rows=st.lists(st.one_of(CHATS, PREFERENCES, LEGACY, ANYTHING), min_size=1, max_size=4),
    method=st.sampled_from([None, "supervised", "dpo", "completion"]),
)
@example(rows=[chat(QUESTION, ANSWER | {"content": None})], method=None)
@example(rows=[chat(QUESTION, ANSWER | {"content": 3})], method=None)
@example(rows=[chat(QUESTION, ANSWER | {"content": {}})], method=None)
@example(rows=[chat(QUESTION, ANSWER | {"content": True})], method="supervised")
@example(rows=[chat(QUESTION, ANSWER | {"content": [{"type": "text", "text": "Hi"}]})], method=None)
@example(rows=[{"prompt": "a", "completion": "joe@example.com"}], method=None)
@example(rows=[{"prompt": "a", "completion": "b", "messages": 1, "input": 2}], method="completion")
def test_no_row_is_too_odd_to_be_checked(
    rows: list[dict[str, Any]], method: Method | None, by_o200k: TokenizerSpec
) -> None:
    wish = CheckSettings(
        "rows", method=method, tokenizer=by_o200k, limit=5, extra=(PersonalData(),)
    )
    report = check([batch(rows)], wish)
    assert report.rows == len(rows)
    assert report.examples + report.total("error") >= len(rows)
    assert json.loads(json.dumps(report.to_json()))["rows"] == len(rows)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (chat(QUESTION, ANSWER, score=float("nan")), "score"),
        (chat(QUESTION, ANSWER, scores=[1, {"a": float("inf")}]), "scores"),
        (chat(QUESTION, ANSWER | {"weight": float("nan")}), "messages"),
        ({"prompt": "a", "completion": "b", "score": float("-inf")}, "score"),
    ],
)
def test_a_number_that_json_has_not_is_an_error(row: dict[str, Any], place: str) -> None:
    problems = row_problems(row, method_of(row))
    assert [each.place for each in problems if each.rule == "invalid-number"] == [place]
    assert not is_sound(problems)
