from __future__ import annotations

from typing import Any

import pytest

from engine.data.exporting.targets import Target
from engine.data.shapes.example import Record
from tests.engine.data.exporting.conftest import (
    ASSISTANT,
    CALLING,
    SEEN,
    TOOL,
    USER,
    chat,
    pair,
    refusal_of,
    row_of,
)

PARTS = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
WEIGHTED = ASSISTANT | {"weight": 0, "name": "ann"}


@pytest.mark.parametrize(
    "record",
    [
        chat(USER, ASSISTANT),
        chat(PARTS, CALLING, SEEN, WEIGHTED, tools=[TOOL], parallel_tool_calls=False),
        chat(USER, ASSISTANT, functions=[{"name": "f"}]),
        pair(USER),
    ],
)
def test_an_example_goes_out_as_it_is_without_its_columns(record: Record) -> None:
    assert row_of(record | {"id": 1}, Target.OPENAI, columns=False) == record
    assert row_of(record | {"id": 1}, Target.OPENAI) == record | {"id": 1}


def test_tools_of_a_pair_stand_in_its_input() -> None:
    record = pair(USER)
    record["input"] |= {"tools": [TOOL], "parallel_tool_calls": True}
    assert row_of(record, Target.OPENAI, columns=False) == record


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            chat(USER, ASSISTANT | {"markdown": True}),
            "has 'markdown' in its message 2, which OpenAI's format has not",
        ),
        (
            pair(USER) | {"input": {"messages": [USER], "id": 1}},
            "has 'id' in its input, which OpenAI's format has not",
        ),
    ],
)
def test_what_openai_does_not_know_is_named_unless_it_is_wished(
    record: dict[str, Any], reason: str
) -> None:
    assert refusal_of(record, Target.OPENAI, columns=False) == reason
    assert row_of(record, Target.OPENAI) == record
