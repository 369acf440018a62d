"""Shapes of plain texts: prompt and completion, Alpaca, CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.exporting.export import export
from engine.data.exporting.targets import Target
from engine.data.shapes.example import Record
from tests.engine.data.exporting.conftest import (
    ASSISTANT,
    CALLING,
    SEEN,
    SYSTEM,
    TOOL,
    USER,
    chat,
    pair,
    refusal_of,
    row_of,
)

FLAT = [Target.PROMPT_COMPLETION, Target.ALPACA, Target.CSV]
PARTS = {"role": "user", "content": [{"type": "text", "text": "Hi"}]}


@pytest.mark.parametrize("to", FLAT)
@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (chat(USER, CALLING, SEEN, ASSISTANT), "has tool_calls in its message 2, {}"),
        (chat(USER, ASSISTANT, tools=[TOOL]), "has tools, {}"),
        (chat(USER, ASSISTANT, parallel_tool_calls=True), "has parallel_tool_calls, {}"),
        (chat(USER, ASSISTANT | {"weight": 0}), "has weight in its message 2, {}"),
        (chat(USER | {"name": "ann"}, ASSISTANT), "has name in its message 1, {}"),
        (chat(PARTS, ASSISTANT), "has more than a text in its message 1"),
        (chat(ASSISTANT), "does not alternate between user and assistant"),
        (chat(USER, USER, ASSISTANT), "does not alternate between user and assistant"),
        (chat(USER, ASSISTANT, USER), "does not alternate between user and assistant"),
        (
            chat(SYSTEM | {"role": "developer"}, USER, ASSISTANT),
            "does not alternate between user and assistant",
        ),
        (chat(SYSTEM | {"content": ""}, USER, ASSISTANT), "has an empty system message, {}"),
    ],
)
def test_what_plain_texts_cannot_say_is_named(to: Target, record: Record, reason: str) -> None:
    assert refusal_of(record, to) == reason.format("for which this shape has no place")


@pytest.mark.parametrize("to", [Target.ALPACA, Target.CSV])
@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (pair(USER, ASSISTANT, USER), "has more in its input than one message of the user"),
        (
            pair(USER) | {"preferred_output": [ASSISTANT, ASSISTANT]},
            "has 2 messages in preferred_output, not one answer",
        ),
        (
            pair(USER) | {"non_preferred_output": [ASSISTANT | {"weight": 0}]},
            "has weight in non_preferred_output, for which this shape has no place",
        ),
        (
            pair(USER) | {"input": {"messages": [USER], "tools": []}},
            "has tools, for which this shape has no place",
        ),
    ],
)
def test_what_plain_pairs_cannot_say_is_named(to: Target, record: Record, reason: str) -> None:
    assert refusal_of(record, to) == reason


def test_prompt_and_completion_have_no_place_for_more_than_one_exchange() -> None:
    longer = chat(USER, ASSISTANT, USER, ASSISTANT)
    to = Target.PROMPT_COMPLETION
    assert refusal_of(longer, to) == "has 2 questions, not one question and its answer"
    assert refusal_of(chat(SYSTEM, USER, ASSISTANT), to) == (
        "has a system message, for which this shape has no place"
    )
    assert refusal_of(pair(USER), to) == (
        "is a preference example, for which this shape has no place"
    )


def test_alpaca_says_system_prompt_and_earlier_turns() -> None:
    longer = chat(SYSTEM, USER, ASSISTANT, {"role": "user", "content": "Bye"}, ASSISTANT, id=1)
    assert row_of(longer, Target.ALPACA) == {
        "instruction": "Bye",
        "input": "",
        "output": "Hello!",
        "system": "Be kind.",
        "history": [["Hi", "Hello!"]],
        "id": 1,
    }


def test_alpaca_has_instruction_and_input_apart_again_while_they_make_the_message() -> None:
    asked = {"role": "user", "content": "Add\n\n2, 2"}
    columns = {"instruction": "Add", "input": "2, 2"}
    row = row_of(chat(asked, ASSISTANT, **columns), Target.ALPACA)
    assert row == {"instruction": "Add", "input": "2, 2", "output": "Hello!"}
    cleaned = {"role": "user", "content": "Add 2, 2"}
    row = row_of(chat(cleaned, ASSISTANT, **columns), Target.ALPACA)
    assert row == {
        "instruction": "Add 2, 2",
        "input": "",
        "output": "Hello!",
        "instruction_": "Add",
        "input_": "2, 2",
    }


def test_alpaca_says_pairs_as_llama_factory_reads_them() -> None:
    assert row_of(pair(SYSTEM, USER), Target.ALPACA) == {
        "instruction": "Hi",
        "input": "",
        "chosen": "Hello!",
        "rejected": "What.",
        "system": "Be kind.",
    }


def test_a_column_that_would_be_taken_for_a_field_gets_an_underscore() -> None:
    columns = {"system": "x", "prompt": "y", "chosen": "c", "rejected": "r", "id": 1, "id_": 2}
    row = row_of(chat(USER, ASSISTANT, **columns), Target.PROMPT_COMPLETION)
    assert row == {
        "prompt": "Hi",
        "completion": "Hello!",
        "system_": "x",
        "prompt_": "y",
        "chosen_": "c",
        "rejected_": "r",
        "id": 1,
        "id_": 2,
    }


def test_csv_has_the_columns_of_all_examples_and_quotes_what_needs_it(tmp_path: Path) -> None:
    records = [
        chat(USER, ASSISTANT, number=5, note='two\nlines, "quoted"'),
        chat(SYSTEM, {"role": "user", "content": " \r"}, ASSISTANT, tags=["é"], nothing=None),
    ]
    target = tmp_path / "a.csv"
    assert export(records, target, Target.CSV).written == 2
    assert target.read_bytes().decode() == (
        "system,prompt,completion,note,nothing,number,tags\r\n"
        ',Hi,Hello!,"two\nlines, ""quoted""",,5,\r\n'
        'Be kind.," \r",Hello!,,,,"[""é""]"\r\n'
    )


def test_csv_of_pairs_has_both_answers(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    export([pair(USER, rated_by="ann")], target, Target.CSV)
    assert target.read_text("utf-8").splitlines() == [
        "prompt,chosen,rejected,rated_by",
        "Hi,Hello!,What.,ann",
    ]
