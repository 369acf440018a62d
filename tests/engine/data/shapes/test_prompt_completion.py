from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine.data.shapes.canonical import canonical_line
from tests.engine.data.shapes.conftest import example_of, fault_of
from tests.engine.data.shapes.strategies import TEXT


@given(TEXT, TEXT)
def test_prompt_and_completion_become_two_messages_letter_for_letter(
    prompt: str, completion: str
) -> None:
    assert example_of({"prompt": prompt, "completion": completion}) == {
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": completion},
        ]
    }


def test_the_bytes_are_those_that_versions_already_have() -> None:
    row = {"prompt": "Sky? ->", "completion": " blue\n"}
    assert canonical_line(example_of(row)) == (
        b'{"messages":[{"role":"user","content":"Sky? ->"},'
        b'{"role":"assistant","content":" blue\\n"}]}\n'
    )


def test_a_text_in_a_system_column_becomes_the_system_message() -> None:
    row = {"completion": "c", "prompt": "p", "system": "Be brief."}
    example = example_of(row)
    assert [message["role"] for message in example["messages"]] == ["system", "user", "assistant"]
    assert list(example) == ["messages"]


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_system_column_says_that_there_is_none(empty: str | None) -> None:
    row = {"prompt": "p", "completion": "c", "system": empty}
    assert example_of(row) == example_of({"prompt": "p", "completion": "c"})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"prompt": "2+2", "completion": 4},
            (
                "has a number in completion, not a text. Templates write it out: name it as "
                "'{completion}' in --prompt or --completion"
            ),
        ),
        ({"prompt": "2+2", "completion": None}, "has null in completion, not a text"),
        ({"prompt": ["2+2"], "completion": "4"}, "has a list in prompt, not a text"),
        (
            {"prompt": "p", "completion": "c", "system": 1},
            (
                "has a number in system, not a text. Templates write it out: name it as "
                "'{system}' in --prompt or --completion"
            ),
        ),
    ],
)
def test_what_is_no_text_is_named(row: dict[str, Any], reason: str) -> None:
    assert fault_of(row) == reason
