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


def shown(row: Row, texts: list[str], fields: set[str]) -> set[str]:
    """Return the columns that need not come back, because a message shows their values."""
    return {
        name
        for name, value in row.items()
        if name not in fields and isinstance(value, str) and value in texts
    }


def there_and_back(row: Row, to: Target) -> Row:
    [example] = Conversion().examples(row)
    back: Row = json.loads(json.dumps(row_of(example, to)))
    return back


def without(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _texts(messages: list[Row]) -> list[str]:
    found = []
    for message in messages:
        content = message["content"]
        parts = content if isinstance(content, list) else [{"text": content}]
        found += [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return found


@given(chat_rows(COLUMNS))
@settings(max_examples=100)
def test_chat_comes_back_as_it_was_less_the_columns_that_messages_show(row: Row) -> None:
    fields = {"messages", "tools", "parallel_tool_calls"}
    expected = without(row, shown(row, _texts(row["messages"]), fields))
    assert there_and_back(row, Target.OPENAI) == expected


@given(preference_rows(COLUMNS))
@settings(max_examples=100)
def test_preference_comes_back_as_it_was_less_the_columns_that_messages_show(row: Row) -> None:
    fields = {"input", "preferred_output", "non_preferred_output"}
    answers = [*row["preferred_output"], *row["non_preferred_output"]]
    texts = _texts([*row["input"]["messages"], *answers])
    assert there_and_back(row, Target.OPENAI) == without(row, shown(row, texts, fields))


@given(st.tuples(TEXT, TEXT, COLUMNS))
@settings(max_examples=100)
def test_prompt_and_completion_come_back_as_they_were(parts: tuple[str, str, Row]) -> None:
    prompt, completion, columns = parts
    row = {"prompt": prompt, "completion": completion} | columns
    expected = without(row, shown(row, [prompt, completion], {"prompt", "completion"}))
    assert there_and_back(row, Target.PROMPT_COMPLETION) == expected


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
    asked = fields["instruction"] + ("\n\n" + about if about else "")
    earlier = [text for pair in fields.get("history") or [] for text in pair]
    texts = [asked, fields["output"], *earlier, *filter(None, [fields.get("system")])]
    normal: Row = {"instruction": asked, "input": ""}
    # Where a message shows one of the two by chance, they are not kept apart.
    if about and about not in texts and fields["instruction"] not in texts:
        normal = {"instruction": fields["instruction"], "input": about}
    elif about:
        normal |= {
            f"{name}_": fields[name]
            for name in ("instruction", "input")
            if fields[name] not in texts
        }
    optional = {name: fields[name] for name in ("system", "history") if fields.get(name)}
    kept = without(columns, shown(columns, texts, set()))
    back = there_and_back(fields | columns, Target.ALPACA)
    assert back == normal | {"output": fields["output"]} | optional | kept


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
    texts = [turn["value"] for turn in turns if turn["from"] != "function_call"]
    kept = without(columns, shown(columns, texts, set()))
    assert without(back, {"conversations"}) == kept


@given(st.lists(said_by("system"), max_size=1), said_by("user"), ANSWER, ANSWER, COLUMNS)
@settings(max_examples=100)
def test_pairs_come_back_as_lists_of_messages_with_an_explicit_prompt(
    system: list[Row], user: Row, good: Row, bad: Row, columns: Row
) -> None:
    prompt = [*system, user]
    texts = [message["content"] for message in (*prompt, good, bad)]
    expected = {"prompt": prompt, "chosen": [good], "rejected": [bad]}
    expected |= without(columns, shown(columns, texts, set()))
    explicit = {"prompt": prompt, "chosen": [good], "rejected": [bad]}
    implicit = {"chosen": [*prompt, good], "rejected": [*prompt, bad]}
    for row in (explicit, implicit):
        assert there_and_back(row | columns, Target.PARQUET) == expected
