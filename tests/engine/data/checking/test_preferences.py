from __future__ import annotations

from typing import Any

import pytest

from tests.engine.data.checking.conftest import ANSWER, QUESTION, SYSTEM, TOOLS, found

OTHER = {"role": "assistant", "content": "I do not know."}
CALL = {"id": "c", "type": "function", "function": {"name": "add", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}


def pair(
    messages: object = (SYSTEM, QUESTION),
    preferred: object = (ANSWER,),
    other: object = (OTHER,),
    **source: object,
) -> dict[str, Any]:
    """A preference example; tuples stand for lists."""
    messages, preferred, other = (
        list(part) if isinstance(part, tuple) else part for part in (messages, preferred, other)
    )
    return {
        "input": {"messages": messages, **source},
        "preferred_output": preferred,
        "non_preferred_output": other,
    }


@pytest.mark.parametrize(
    "row",
    [
        pair(),
        pair((QUESTION, ANSWER, QUESTION)),
        pair(preferred=(CALLING,), tools=TOOLS, parallel_tool_calls=True),
    ],
)
def test_nothing_is_found_in_a_good_row(row: dict[str, Any]) -> None:
    assert found(row) == []


@pytest.mark.parametrize(
    ("row", "rule", "place"),
    [
        ({"input": {"messages": [QUESTION]}}, "preference-missing-key", ""),
        (pair() | {"input": None}, "preference-missing-key", ""),
        (pair() | {"input": [QUESTION]}, "preference-missing-key", "input"),
        (pair(()), "missing-messages-list", "input.messages"),
        (pair(None), "missing-messages-list", "input.messages"),
        (pair((QUESTION | {"content": ""},)), "missing-content", "input.messages[0].content"),
        (pair((SYSTEM,)), "missing-user-message", "input.messages"),
        (pair((QUESTION, ANSWER)), "preference-input-order", "input.messages[1]"),
        (pair(preferred=ANSWER), "preference-output", "preferred_output"),
        (pair(preferred=()), "preference-output", "preferred_output"),
        (pair(other=(OTHER, OTHER)), "preference-output", "non_preferred_output"),
        (pair(other=(QUESTION,)), "preference-output", "non_preferred_output"),
        (
            pair(other=(OTHER | {"content": " "},)),
            "blank-content",
            "non_preferred_output[0].content",
        ),
        (pair(other=("No.",)), "data-type", "non_preferred_output[0]"),
        (pair(other=(ANSWER,)), "preference-same-outputs", "non_preferred_output"),
        (
            pair(preferred=(CALLING,)),
            "tool-call-unknown-tool",
            "preferred_output[0].tool_calls[0].function.name",
        ),
        (pair(tools="add"), "invalid-tools", "input.tools"),
        (pair(topic="clips"), "unrecognized-key", "input"),
        (pair() | {"topic": "clips"}, "unrecognized-key", ""),
    ],
)
def test_one_thing_is_found_where_it_is(row: dict[str, Any], rule: str, place: str) -> None:
    assert found(row) == [(rule, place)]
