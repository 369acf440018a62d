"""What comes in in a shape goes out in it with the same information.

Each test writes down the shape's normal form: what of a row is information and what is only one of
several ways to write it.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.exporting.targets import Target
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.turns import SPEAKERS
from tests.engine.data.exporting.conftest import row_of
from tests.engine.data.shapes.strategies import (
    ANSWER,
    COLUMNS,
    FILLED,
    TEXT,
    chat_rows,
    preference_rows,
    said_by,
)

Row = dict[str, Any]


def there_and_back(row: Row, to: Target) -> Row:
    [example] = Conversion().examples(row)
    back: Row = json.loads(json.dumps(row_of(example, to)))
    return back


def without(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


@given(chat_rows(COLUMNS))
@settings(max_examples=100)
def test_chat_comes_back_as_it_was(row: Row) -> None:
    assert there_and_back(row, Target.OPENAI) == row


@given(preference_rows(COLUMNS))
@settings(max_examples=100)
def test_preference_comes_back_as_it_was(row: Row) -> None:
    assert there_and_back(row, Target.OPENAI) == row


@given(st.tuples(TEXT, TEXT, COLUMNS))
@settings(max_examples=100)
def test_prompt_and_completion_come_back_as_they_were(parts: tuple[str, str, Row]) -> None:
    prompt, completion, columns = parts
    row = {"prompt": prompt, "completion": completion} | columns
    assert there_and_back(row, Target.PROMPT_COMPLETION) == row


ALPACA = st.fixed_dictionaries(
    {"instruction": TEXT, "output": TEXT},
    optional={
        "input": TEXT | st.none(),
        "system": TEXT | st.none(),
        "history": st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=2) | st.none(),
    },
)


@given(ALPACA, COLUMNS)
@settings(max_examples=100)
def test_alpaca_comes_back_with_an_input_always_and_empty_fields_never(
    fields: Row, columns: Row
) -> None:
    about = fields.get("input") or ""
    optional = {name: fields[name] for name in ("system", "history") if fields.get(name)}
    back = there_and_back(fields | columns, Target.ALPACA)
    asked = {"instruction": fields["instruction"], "input": about}
    assert back == asked | {"output": fields["output"]} | optional | columns


def _turn(speaker: str, value: str) -> Row:
    return {"from": speaker, "value": value}


_CALLS = st.fixed_dictionaries(
    {"name": FILLED, "arguments": st.dictionaries(TEXT, st.integers() | TEXT, max_size=2)}
)
_TURNS = st.lists(
    st.builds(_turn, st.sampled_from(sorted(SPEAKERS)), TEXT)
    | _CALLS.map(lambda call: _turn("function_call", json.dumps(call))),
    max_size=5,
)
_WRITTEN = {
    "system": "system",
    "developer": "developer",
    "user": "human",
    "assistant": "gpt",
    "tool": "observation",
    "function": "function",
}


def _normal_turn(turn: Row) -> Row:
    if turn["from"] == "function_call":
        return turn | {"value": json.loads(turn["value"])}
    return turn | {"from": _WRITTEN[SPEAKERS[turn["from"]]]}


@given(_TURNS, TEXT, COLUMNS)
@settings(max_examples=100)
def test_sharegpt_comes_back_with_the_usual_names_of_speakers(
    turns: list[Row], answer: str, columns: Row
) -> None:
    turns = [*turns, _turn("gpt", answer)]
    back = there_and_back({"conversations": turns} | columns, Target.SHAREGPT)
    written = [
        turn | {"value": json.loads(turn["value"])} if turn["from"] == "function_call" else turn
        for turn in back["conversations"]
    ]
    assert written == [_normal_turn(turn) for turn in turns]
    assert without(back, {"conversations"}) == columns


@given(st.lists(said_by("system"), max_size=1), said_by("user"), ANSWER, ANSWER, COLUMNS)
@settings(max_examples=100)
def test_pairs_come_back_as_lists_of_messages_with_an_explicit_prompt(
    system: list[Row], user: Row, good: Row, bad: Row, columns: Row
) -> None:
    prompt = [*system, user]
    explicit = {"prompt": prompt, "chosen": [good], "rejected": [bad]}
    implicit = {"chosen": [*prompt, good], "rejected": [*prompt, bad]}
    for row in (explicit, implicit):
        assert there_and_back(row | columns, Target.PARQUET) == explicit | columns
