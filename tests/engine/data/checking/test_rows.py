from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.data.checking.fingerprints import key_of
from engine.data.checking.rows import is_sound, method_of, plain_chat, row_problems
from engine.data.checking.rules import Method
from tests.engine.data.checking.conftest import ANSWER, QUESTION, SYSTEM, asked, chat

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


@given(
    row=st.dictionaries(
        st.sampled_from(
            ["messages", "input", "preferred_output", "non_preferred_output", "prompt", "tools"]
        ),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)),
            lambda values: st.one_of(
                st.lists(values, max_size=3),
                st.dictionaries(
                    st.sampled_from(
                        ["role", "content", "messages", "tool_calls", "function", "type", "text"]
                    ),
                    values,
                    max_size=3,
                ),
            ),
            max_leaves=12,
        ),
    )
)
def test_no_row_is_too_odd_to_be_checked(row: dict[str, Any]) -> None:
    methods: tuple[Method, ...] = ("supervised", "dpo", "completion")
    for method in methods:
        problems = row_problems(row, method)
        assert problems or method_of(row) == method
