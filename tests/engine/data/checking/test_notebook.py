"""Where OpenAI's notebook is right, ftlab agrees with it; where it is not, this says why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import notebook
from engine.data.checking.rows import row_problems
from engine.data.checking.run import CheckSettings, check
from engine.data.tokens.encodings import load_encoding
from engine.data.tokens.tokenizer import TokenizerSpec
from tests.engine.data.checking.conftest import ANSWER, QUESTION, TOOLS, batch, chat, found

THEIR_RULES = (
    "missing_messages_list",
    "message_missing_key",
    "message_unrecognized_key",
    "unrecognized_role",
    "missing_content",
    "example_missing_assistant_message",
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30)
GOOD_ROLES = st.sampled_from(["system", "user", "assistant"])
BROKEN = st.fixed_dictionaries(
    {},
    optional={
        "role": st.one_of(GOOD_ROLES, st.sampled_from(["bot", "", None])),
        "content": st.one_of(WORDS, st.sampled_from(["", None, 3])),
        "name": st.just("ann"),
        "mood": st.just("good"),
    },
)
BROKEN_ROWS = st.fixed_dictionaries({}, optional={"messages": st.lists(BROKEN, max_size=4)})
GOOD_MESSAGE = st.fixed_dictionaries(
    {"role": GOOD_ROLES, "content": WORDS}, optional={"name": st.just("ann")}
)
GOOD_ROWS = st.lists(GOOD_MESSAGE, min_size=1, max_size=5).map(
    lambda messages: {"messages": [*messages, ANSWER]}
)


def their_counts(row: dict[str, Any]) -> dict[str, int]:
    """What the notebook finds in a row, each fault told once.

    It tells of a missing role and content once more, as an unknown role and as missing content.
    """
    counts = notebook.format_errors([row])
    messages = row.get("messages") or []
    counts["unrecognized_role"] -= sum("role" not in message for message in messages)
    counts["missing_content"] -= sum("content" not in message for message in messages)
    return {rule: counts[rule] for rule in THEIR_RULES}


@settings(max_examples=100)
@given(row=BROKEN_ROWS)
def test_its_rules_find_the_same_in_broken_rows(row: dict[str, Any]) -> None:
    ours = [problem.rule.replace("-", "_") for problem in row_problems(row, "supervised")]
    assert {rule: ours.count(rule) for rule in THEIR_RULES} == their_counts(row)


@settings(max_examples=40)
@given(rows=st.lists(GOOD_ROWS, min_size=1, max_size=6))
def test_its_counts_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    cache = tmp_path_factory.getbasetemp() / "tokenizers"
    spec = TokenizerSpec("hosted", "o200k_base", cache)
    report = check([batch(rows)], CheckSettings("rows", tokenizer=spec))
    counted = notebook.count(rows, load_encoding("o200k_base", cache))
    assert report.tokens is not None
    assert list(report.tokens.total.values) == counted.tokens
    assert list(report.tokens.assistant.values) == counted.assistant_tokens
    assert list(report.messages.values) == counted.messages
    assert report.counts.get("missing-user-message", 0) == counted.missing_user


@pytest.mark.parametrize(
    "row",
    [
        # What the chat format has had since the notebook was written.
        chat(
            QUESTION,
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "a",
                        "type": "function",
                        "function": {"name": "add", "arguments": "{}"},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "a", "content": "2"},
            ANSWER,
            tools=TOOLS,
        ),
        chat(QUESTION | {"role": "developer"}, QUESTION, ANSWER),
        chat(QUESTION | {"content": [{"type": "text", "text": "How many?"}]}, ANSWER),
    ],
)
def test_it_refuses_what_the_service_takes(row: dict[str, Any]) -> None:
    assert notebook.format_errors([row])
    assert found(row) == []


@pytest.mark.parametrize(
    "row",
    [
        chat(QUESTION, ANSWER | {"weight": 0.5}),
        chat(QUESTION | {"weight": 1}, ANSWER),
        chat(QUESTION | {"name": "Ann Lee"}, ANSWER),
    ],
)
def test_it_lets_pass_what_the_service_refuses(row: dict[str, Any]) -> None:
    assert not notebook.format_errors([row])
    assert found(row)
