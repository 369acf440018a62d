from __future__ import annotations

import math
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.errors import DataError, RowError
from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.patterns import Pattern
from engine.data.shapes.recognition import SHAPES, Shape
from engine.data.shapes.systems import SystemMode
from engine.data.shapes.templates import Template
from tests.engine.data.shapes.conftest import example_of, fault_of
from tests.engine.data.shapes.strategies import JSON

USER = {"role": "user", "content": "q"}
ASSISTANT = {"role": "assistant", "content": "a"}
PATTERN = Pattern(Template.parse("{a}"), Template.parse("{b}"))


_FIELDS = sorted({field for shape in SHAPES for field in shape.fields})
_NAMES = [*_FIELDS, "tools", "functions", "parallel_tool_calls", "system", "history", "context"]
_KEYS = ["role", "content", "from", "value", "tool_calls", "tool_call_ids", "function_call", "type"]
_WORDS = ["user", "gpt", "assistant", "tool", "function_call", "function", "text", "[{}]", "{}"]
_LEAVES = JSON | st.sampled_from(_WORDS) | st.just(math.nan)
_MESSAGE = st.dictionaries(
    st.sampled_from([*_KEYS, "id", "name", "arguments", "weight", "text", "messages"]),
    st.recursive(
        _LEAVES,
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from([*_KEYS, "name", "arguments"]), inner, max_size=3)
        ),
        max_leaves=4,
    ),
    max_size=4,
)
_VALUES = _LEAVES | st.lists(_MESSAGE | _LEAVES, max_size=3) | _MESSAGE


@given(
    st.sampled_from(SHAPES),
    st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=3),
    st.data(),
)
@settings(max_examples=100)
def test_whatever_a_row_holds_it_gives_examples_that_can_be_written_or_a_reason(
    shape: Shape, row: dict[str, Any], data: st.DataObject
) -> None:
    row |= {field: data.draw(_VALUES) for field in shape.fields}
    reasons, lines = [], []
    try:
        lines = [canonical_line(example) for example in Conversion().examples(row)]
    except RowError as error:
        reasons.append(str(error))
    assert len(reasons) + len(lines) == 1
    assert all(reason.isprintable() for reason in reasons)
    assert all(line.endswith(b"}\n") for line in lines)


def test_templates_make_examples_of_any_row_and_keep_what_they_do_not_show() -> None:
    conversion = Conversion("{q}?", "{a}", "Answer in {language}.")
    assert example_of({"q": "2+2", "a": "4", "language": "French", "id": 1}, conversion) == {
        "messages": [
            {"role": "system", "content": "Answer in French."},
            {"role": "user", "content": "2+2?"},
            {"role": "assistant", "content": "4"},
        ],
        "id": 1,
        "language": "French",
        "q": "2+2",
    }


def test_a_number_that_a_template_writes_is_still_kept_as_a_number() -> None:
    assert example_of({"q": "2+2", "a": 4}, Conversion("{q}", "{a}"))["a"] == 4


def test_templates_count_before_the_shape_that_a_row_has() -> None:
    conversion = Conversion("{completion}", "{prompt}")
    example = example_of({"prompt": "p", "completion": "c"}, conversion)
    assert [message["content"] for message in example["messages"]] == ["c", "p"]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_system_message_is_added_only_where_there_is_none(role: str) -> None:
    conversion = Conversion(system="Be brief.")
    own = {"role": role, "content": "Be long."}
    assert example_of({"messages": [own, ASSISTANT]}, conversion)["messages"] == [own, ASSISTANT]
    assert example_of({"messages": [USER, ASSISTANT]}, conversion)["messages"] == [
        {"role": "system", "content": "Be brief."},
        USER,
        ASSISTANT,
    ]


def test_a_column_that_becomes_the_system_prompt_is_not_kept_twice() -> None:
    row = {"messages": [USER, ASSISTANT], "persona": "A pirate.", "id": 1}
    example = example_of(row, Conversion(system="{persona}"))
    assert example["messages"][0] == {"role": "system", "content": "A pirate."}
    assert list(example) == ["messages", "id"]


def test_a_row_with_an_empty_system_column_gets_no_system_message() -> None:
    conversion = Conversion(system="{persona|default:}")
    row = {"messages": [USER, ASSISTANT]}
    assert example_of(row, conversion) == row


def test_system_prompts_are_replaced_and_stripped_on_request() -> None:
    row = {"messages": [{"role": "system", "content": "old"}, USER, ASSISTANT]}
    replacing = Conversion(system="new", system_mode=SystemMode.REPLACE)
    assert example_of(row, replacing)["messages"][0]["content"] == "new"
    stripping = Conversion(system_mode=SystemMode.STRIP)
    assert example_of(row, stripping)["messages"] == [USER, ASSISTANT]


def test_a_preference_example_gets_its_system_prompt_in_the_input() -> None:
    row = {"prompt": "q", "chosen": "a", "rejected": "b"}
    example = example_of(row, Conversion(system="Be brief."))
    assert example["input"]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_a_conversion_travels_to_other_processes() -> None:
    conversion = Conversion("{q|default:?}", "{a}", "x", system_mode=SystemMode.REPLACE)
    there = pickle.loads(pickle.dumps(conversion))  # noqa: S301 - our own bytes
    row = {"q": "", "a": "1"}
    assert there.examples(row) == conversion.examples(row)


@pytest.mark.parametrize(("prompt", "completion"), [("{a}", None), (None, "{a}")])
def test_one_template_of_the_two_is_refused(prompt: str | None, completion: str | None) -> None:
    with pytest.raises(DataError, match="--prompt and --completion go together"):
        Conversion(prompt, completion)


def test_wishes_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(DataError, match="exclude each other"):
        Conversion("{a}", "{b}", patterns=[PATTERN])
    with pytest.raises(DataError, match="--shape and templates exclude each other"):
        Conversion(patterns=[PATTERN], shape="chat")
    with pytest.raises(DataError, match="To replace system prompts, say which with --system"):
        Conversion(system_mode=SystemMode.REPLACE)
    with pytest.raises(DataError, match="To strip system prompts needs no text"):
        Conversion(system="x", system_mode=SystemMode.STRIP)


def test_columns_of_no_known_shape_are_refused_before_the_first_row() -> None:
    with pytest.raises(DataError) as caught:
        Conversion().check("a.csv", ["city", "country"])
    assert str(caught.value) == (
        "a.csv has columns of no known shape: city, country. Say how to make examples of it: "
        "--prompt '{…}' --completion '{…}', with a column's name for each …."
    )


def test_columns_of_several_rows_of_different_shapes_are_left_to_the_rows() -> None:
    conversion = Conversion()
    conversion.check("a.jsonl", ["messages", "prompt", "chosen", "rejected"])
    assert len(conversion.examples({"messages": [USER, ASSISTANT]})) == 1


def test_a_template_with_an_unknown_column_is_refused_before_the_first_row() -> None:
    with pytest.raises(DataError, match="no column 'system_prompt'"):
        Conversion("{a}", "{b}", "{system_prompt}").check("a.csv", ["a", "b"])


def test_a_row_that_lacks_a_column_of_the_system_template_is_named() -> None:
    row = {"messages": [USER, ASSISTANT]}
    assert fault_of(row, Conversion(system="{who}")) == ("has no column 'who' (there is: messages)")
