"""Parquet files and Hugging Face folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.data.exporting.export import export
from engine.data.exporting.targets import Target
from engine.data.shapes.example import Record
from tests.engine.data.exporting.conftest import (
    ASSISTANT,
    CALL,
    CALLING,
    OTHER,
    SEEN,
    SYSTEM,
    TOOL,
    USER,
    chat,
    pair,
    refusal_of,
)


def table(path: Path) -> Any:  # noqa: ANN401 - pyarrow has no types
    from pyarrow import parquet

    return parquet.read_table(path)


def written(folder: Path, *records: Record) -> Any:  # noqa: ANN401 - pyarrow has no types
    export(records, folder / "a.parquet", Target.PARQUET)
    return table(folder / "a.parquet")


def test_plain_chat_has_the_two_fields_that_everybody_reads(tmp_path: Path) -> None:
    found = written(tmp_path, chat(USER, ASSISTANT), chat(SYSTEM, USER, ASSISTANT))
    assert str(found.schema.field("messages").type) == (
        "list<element: struct<role: string, content: string>>"
    )
    assert found.to_pylist() == [chat(USER, ASSISTANT), chat(SYSTEM, USER, ASSISTANT)]


def test_tools_are_a_json_text_and_calls_are_nested(tmp_path: Path) -> None:
    record = chat(USER, CALLING, SEEN, ASSISTANT | {"weight": 1}, tools=[TOOL])
    [row] = written(tmp_path, record).to_pylist()
    assert row["tools"] == (
        '[{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]'
    )
    assert row["messages"][1]["tool_calls"] == [CALL]
    assert row["messages"][0] == USER | dict.fromkeys(("tool_calls", "tool_call_id", "weight"))


def test_pairs_are_prompt_chosen_and_rejected_as_trl_reads_them(tmp_path: Path) -> None:
    found = written(tmp_path, pair(SYSTEM, USER, score=1.5, prompt="old"))
    assert found.column_names == ["prompt", "chosen", "rejected", "prompt_", "score"]
    assert found.to_pylist() == [
        {
            "prompt": [SYSTEM, USER],
            "chosen": [ASSISTANT],
            "rejected": [OTHER],
            "prompt_": "old",
            "score": 1.5,
        }
    ]


@pytest.mark.parametrize(
    ("values", "arrow"),
    [
        (["a", None], "string"),
        ([True, False], "bool"),
        ([1, -(2**53)], "int64"),
        ([1, 2**63 - 1], "int64"),
        ([1, 2.5], "double"),
        ([None, None], "string"),
        ([["a"], []], "list<element: string>"),
        ([[1, None], [2.5]], "list<element: double>"),
        ([[], []], "list<element: string>"),
    ],
)
def test_a_column_of_one_kind_has_a_type_of_its_own(
    tmp_path: Path, values: list[object], arrow: str
) -> None:
    found = written(tmp_path, *(chat(USER, ASSISTANT, x=value) for value in values))
    assert str(found.schema.field("x").type) == arrow
    assert found.column("x").to_pylist() == values


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["a", 1], ['"a"', "1"]),
        ([True, 1], ["true", "1"]),
        ([2**63, 1], ["9223372036854775808", "1"]),
        ([2**60, 0.5], ["1152921504606846976", "0.5"]),
        ([{"a": 1}, {"b": [2]}], ['{"a": 1}', '{"b": [2]}']),
        ([["a", 1], None], ['["a", 1]', None]),
        ([["a"], "a"], ['["a"]', '"a"']),
        ([[["a"]]], ['[["a"]]']),
    ],
)
def test_any_other_column_is_written_as_json_and_named(
    tmp_path: Path, values: list[object], texts: list[str | None]
) -> None:
    target = tmp_path / "a.parquet"
    records = [chat(USER, ASSISTANT, x=value, y=1) for value in values]
    assert export(records, target, Target.PARQUET).as_json == ("x",)
    assert table(target).column("x").to_pylist() == texts


def test_columns_that_only_some_examples_have_are_null_elsewhere(tmp_path: Path) -> None:
    found = written(tmp_path, chat(USER, ASSISTANT, x=1), chat(USER, ASSISTANT, y="a"))
    assert found.column("x").to_pylist() == [1, None]
    assert found.column("y").to_pylist() == [None, "a"]


@pytest.mark.parametrize("to", [Target.PARQUET, Target.HF])
@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            {"role": "user", "content": [{"type": "text", "text": "x"}]},
            "has a list in messages[1].content, where a table's column holds texts",
        ),
        (
            CALLING | {"tool_calls": [CALL | {"index": 0}]},
            "has a list in messages[1].tool_calls, for which a table's column has no place",
        ),
        (
            CALLING | {"function_call": {"name": "f", "arguments": "", "extra": 1}},
            "has an object in messages[1].function_call, for which a table's column has no place",
        ),
        (
            USER | {"mood": "good"},
            "has a text in messages[1].mood, for which a table's column has no place",
        ),
    ],
)
def test_what_a_column_of_messages_cannot_hold_is_named(
    to: Target, message: dict[str, Any], reason: str
) -> None:
    assert refusal_of(chat(USER, message, ASSISTANT), to) == reason


def test_datasets_opens_the_folder(tmp_path: Path) -> None:
    import datasets

    records = [chat(USER, ASSISTANT, id=1), chat(SYSTEM, USER, ASSISTANT, id=2)]
    target = tmp_path / "a"
    assert export(records, target, Target.HF).written == 2
    found = datasets.load_from_disk(str(target))
    assert found.column_names == ["messages", "id"]
    assert list(found) == records
    assert found.map(lambda row: {"twice": 2 * row["id"]})["twice"] == [2, 4]


def test_the_same_examples_have_the_same_fingerprint(tmp_path: Path) -> None:
    states = []
    for name, content in (("a", "x"), ("b", "x"), ("c", "y")):
        export([chat({"role": "user", "content": content}, ASSISTANT)], tmp_path / name, Target.HF)
        states.append((tmp_path / name / "state.json").read_text())
    assert states[0] == states[1]
    assert states[0] != states[2]
