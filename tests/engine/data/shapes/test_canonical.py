from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import RowError
from engine.data.shapes.canonical import canonical_line, ordered_example, ordered_message
from engine.data.shapes.example import Record
from tests.engine.data.shapes.strategies import COLUMNS, records

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.lists(
    st.fixed_dictionaries({"role": TEXT, "content": TEXT | st.none()}), min_size=1, max_size=4
).map(lambda messages: {"messages": messages})


@given(PLAIN)
def test_the_fast_way_writes_the_same_bytes_as_the_standard_library(
    example: dict[str, Any],
) -> None:
    expected = json.dumps(example, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    assert canonical_line(example) == expected


@given(records(COLUMNS))
def test_examples_of_every_kind_are_written_as_the_standard_library_writes_them(
    example: Record,
) -> None:
    expected = json.dumps(example, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    assert canonical_line(example) == expected


@given(PLAIN)
def test_a_line_is_one_line_and_reads_back_as_the_example(example: dict[str, Any]) -> None:
    line = canonical_line(example)
    assert line.count(b"\n") == 1
    assert json.loads(line) == example


def test_the_bytes_are_fixed_for_good() -> None:
    example = {
        "messages": [
            {"role": "user", "content": 'é \u2028 "\\/" \x00\x1f\x7f 😀\b\f\n\r\t'},
            {"role": "assistant", "content": None, "weight": 1e-7, "tool_calls": [{"n": 10**30}]},
        ]
    }
    assert (
        canonical_line(example)
        == (
            '{"messages":[{"role":"user","content":"é \u2028 \\"\\\\/\\" \\u0000\\u001f\x7f 😀'
            '\\b\\f\\n\\r\\t"},{"role":"assistant","content":null,"weight":1e-07,'
            '"tool_calls":[{"n":1000000000000000000000000000000}]}]}\n'
        ).encode()
    )
    plain = {"messages": example["messages"][:1]}
    assert hashlib.sha256(canonical_line(plain)).hexdigest() == (
        "b1121995df350ac62b50e1a60f8eae01899dadd542dd1b9df38558ea47227510"
    )


def test_keys_come_in_a_fixed_order_and_what_lies_deeper_keeps_its_own() -> None:
    message = ordered_message({"zeta": 1, "name": "n", "alpha": {"z": 1, "a": 2}, "content": "c"})
    assert list(message) == ["content", "name", "alpha", "zeta"]
    assert list(message["alpha"]) == ["z", "a"]
    example = ordered_example({"id": 1, "parallel_tool_calls": True, "tools": [], "messages": []})
    assert list(example) == ["messages", "tools", "parallel_tool_calls", "id"]


@pytest.mark.parametrize(
    "example",
    [
        {"messages": [{"role": "user", "content": "\ud800"}]},
        {"messages": [{"role": "user", "content": "", "name": "\udfff"}]},
        {"messages": [{"role": "user", "content": "", "weight": float("nan")}]},
        {"messages": [{"role": "user", "content": [{"x": float("inf")}]}]},
        {"messages": [], "\ud800": "key"},
        {"messages": [], "when": date(2024, 2, 29)},
    ],
)
def test_what_neither_json_nor_utf8_can_hold_is_a_row_error(example: dict[str, Any]) -> None:
    with pytest.raises(RowError):
        canonical_line(example)
