from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from engine.data.shapes.canonical import canonical_line
from tests.engine.data.shapes.conftest import example_of, fault_of
from tests.engine.data.shapes.strategies import COLUMNS, preference_rows

USER = {"role": "user", "content": "Is it cold in Oslo?"}
GOOD = {"role": "assistant", "content": "Yes, -3 °C."}
BAD = {"role": "assistant", "content": "I don't know."}
ROW: dict[str, Any] = {
    "input": {"messages": [USER], "tools": [], "parallel_tool_calls": True},
    "preferred_output": [GOOD],
    "non_preferred_output": [BAD],
}


def test_a_pair_as_openai_takes_it_is_kept_with_its_keys_in_order() -> None:
    row = {"rated_by": "ann"} | {key: ROW[key] for key in reversed(ROW)}
    example = example_of(row)
    assert example == row
    assert list(example) == ["input", "preferred_output", "non_preferred_output", "rated_by"]


def test_the_bytes_of_a_pair_are_fixed_for_good() -> None:
    assert (
        canonical_line(example_of(ROW))
        == (
            '{"input":{"messages":[{"role":"user","content":"Is it cold in Oslo?"}],"tools":[],'
            '"parallel_tool_calls":true},'
            '"preferred_output":[{"role":"assistant","content":"Yes, -3 °C."}],'
            '"non_preferred_output":[{"role":"assistant","content":"I don\'t know."}]}\n'
        ).encode()
    )


def test_what_else_stands_in_the_input_is_kept() -> None:
    row = ROW | {"input": {"zeta": 1, "alpha": None, "messages": [USER]}}
    example = example_of(row)
    assert example["input"] == {"messages": [USER], "zeta": 1}
    assert list(example["input"]) == ["messages", "zeta"]


@given(preference_rows(COLUMNS))
@settings(max_examples=100)
def test_an_example_is_a_row_of_which_the_same_example_is_made(row: dict[str, Any]) -> None:
    example = example_of(row)
    assert canonical_line(example_of(example)) == canonical_line(example)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"input": "hi"}, "has a text in input, not an object with its messages"),
        ({"input": {}}, "has nothing in input.messages, not a list"),
        (
            {"input": {"messages": []}},
            "has no message in input.messages: there is nothing to answer",
        ),
        (
            {"input": {"messages": [{"role": "user", "content": 1}]}},
            "has a number in input.messages[0].content, not a text",
        ),
        (
            {"input": {"messages": [USER], "tools": 1}},
            "has a number in tools, not a list",
        ),
        ({"preferred_output": "Yes"}, "has a text in preferred_output, not a list"),
        (
            {"preferred_output": []},
            "has no assistant message in preferred_output: there is no answer to compare",
        ),
        (
            {"non_preferred_output": [USER]},
            (
                "has a user message in non_preferred_output; the two answers can hold messages of "
                "the assistant and of tools only"
            ),
        ),
        (
            {"non_preferred_output": [BAD | {"weight": "x"}]},
            "has a text in non_preferred_output[0].weight, not a number",
        ),
    ],
)
def test_what_is_wrong_with_a_pair_is_named_with_the_field(
    change: dict[str, Any], reason: str
) -> None:
    assert fault_of(ROW | change) == reason
