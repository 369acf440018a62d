from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.checking.fingerprints import key_of
from engine.data.cleaning.exact import example_digest, prompt_digest, prompt_text
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat

_HALF = 8
_CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
_TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def _said(role: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"role": st.just(role), "content": st.sampled_from(["", "a", "b", [{"text": "a"}]])},
        optional={"name": st.just("ann"), "tool_calls": st.just([_CALL])},
    )


_ASKED = st.lists(st.sampled_from(["system", "user", "assistant"]).flatmap(_said), max_size=2)
_ANSWER = st.builds(dict[str, Any], _said("assistant"), weight=st.sampled_from([0, 1])) | _said(
    "assistant"
)
_TOOLS = st.fixed_dictionaries({}, optional={"tools": st.sampled_from([[], [_TOOL], [_TOOL] * 2])})
_CHATS = st.builds(
    lambda before, answer, after, tools: {"messages": [*before, answer, *after], **tools},
    _ASKED, _ANSWER, st.lists(_said("user"), max_size=1), _TOOLS,
)  # fmt: skip
_PREFERENCES = st.builds(
    lambda asked, one, other, tools: {
        "input": {"messages": asked, **tools},
        "preferred_output": [one],
        "non_preferred_output": [other],
    },
    _ASKED, _said("assistant"), _said("assistant"), _TOOLS,
)  # fmt: skip


@given(st.lists(_CHATS | _PREFERENCES, min_size=2, max_size=8))
def test_cleaning_and_checks_agree_on_which_examples_and_prompts_are_the_same(
    records: list[Record],
) -> None:
    for one, other in combinations(records, 2):
        keys = key_of(one), key_of(other)
        assert (example_digest(one) == example_digest(other)) == (keys[0] == keys[1])
        prompts = prompt_digest(one), prompt_digest(other)
        halves = keys[0][:_HALF], keys[1][:_HALF]
        assert (prompts[0] == prompts[1]) == (halves[0] == halves[1])
        assert (prompts[0] is None) == (halves[0] == bytes(_HALF))


def test_columns_and_the_order_of_keys_do_not_count(chat: Chat) -> None:
    plain = chat("q", "a")
    turned = {"messages": [dict(reversed(message.items())) for message in plain["messages"]]}
    assert example_digest(turned | {"id": 7}) == example_digest(plain)


@pytest.mark.parametrize("name", ["tools", "functions"])
def test_what_may_be_called_counts_as_asked(chat: Chat, name: str) -> None:
    plain = chat("q", "a")
    assert prompt_digest(plain | {name: [_TOOL]}) != prompt_digest(plain)
    assert prompt_digest(plain | {name: []}) == prompt_digest(plain)


def test_the_last_answer_is_no_part_of_the_prompt(chat: Chat) -> None:
    assert prompt_text(chat("q", "a", "p", "b")) == prompt_text(chat("q", "a", "p", "c"))
    assert prompt_text(chat("q", "a", "p", "b")) != prompt_text(chat("q", "x", "p", "b"))


def test_an_example_that_asks_nothing_has_no_prompt(chat: Chat) -> None:
    for nothing in (chat("", "a"), {"messages": [{"role": "assistant", "content": "a"}]}):
        assert prompt_text(nothing) == ""
        assert prompt_digest(nothing) is None
