from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError, RowError
from engine.data.shapes.conversion import ROLES, Conversion

USER = {"role": "user", "content": "q"}
ASSISTANT = {"role": "assistant", "content": "a"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def fault_of(row: dict[str, Any], conversion: Conversion | None = None) -> str:
    with pytest.raises(RowError) as caught:
        (conversion or Conversion())(row)
    return str(caught.value)


@given(st.lists(st.tuples(st.sampled_from(ROLES), TEXT), max_size=5), TEXT)
def test_chat_messages_stay_as_they_are(turns: list[tuple[str, str]], answer: str) -> None:
    turns = [*turns, ("assistant", answer)]
    row = {"messages": [{"content": content, "role": role} for role, content in turns]}
    example = Conversion()(row)
    assert example == row
    assert all(list(message) == ["role", "content"] for message in example["messages"])


def test_everything_beyond_role_and_content_is_kept() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    row = {
        "parallel_tool_calls": False,
        "source": "shop",
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"b": 1, "a": 2}}}],
        "messages": [
            {"name": "ann", **USER},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": "42"},
            {"weight": 0, **ASSISTANT},
        ],
    }
    example = Conversion()(row)
    assert example == row
    assert list(example) == ["messages", "tools", "parallel_tool_calls", "source"]


def test_a_message_that_only_calls_tools_may_leave_its_content_out() -> None:
    calls = [{"id": "1"}]
    example = Conversion()({"messages": [USER, {"role": "assistant", "tool_calls": calls}]})
    assert example["messages"][1] == {"role": "assistant", "content": None, "tool_calls": calls}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ("hello", "has a text in messages, not a list"),
        ([], "has no assistant message in messages"),
        ([USER], "has no assistant message in messages"),
        ([USER, "hello"], "has a text in messages[1], not an object"),
        ([{"role": "bot", "content": ""}], "has 'bot' in messages[0].role; it can be system, "),
        ([{"content": ""}], "has null in messages[0].role"),
        ([{"role": ["user"], "content": ""}], "has a list in messages[0].role"),
        ([{"role": "user", "content": [{"type": "text"}]}], "has a list in messages[0].content"),
        ([{"role": "user", "content": 5}], "has a number in messages[0].content, not a text"),
        ([{"role": "user", "content": None}], "has null in messages[0].content"),
        ([{"role": "user"}], "has nothing in messages[0].content, which only tool_calls"),
        (
            [{"role": "assistant", "content": None, "tool_calls": []}],
            "has null in messages[0].content",
        ),
        ([ASSISTANT | {"weight": float("inf")}], "cannot be written as JSON"),
    ],
)
def test_wrong_messages_are_named_with_the_field(messages: object, reason: str) -> None:
    assert fault_of({"messages": messages}).startswith(reason)


@given(TEXT, TEXT)
def test_prompt_and_completion_become_two_messages_letter_for_letter(
    prompt: str, completion: str
) -> None:
    example = Conversion()({"prompt": prompt, "completion": completion})
    assert example == {
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": completion},
        ]
    }


def test_a_completion_that_is_no_text_is_named() -> None:
    assert fault_of({"prompt": "2+2", "completion": 4}) == "has a number in completion, not a text"


def test_templates_make_examples_of_any_row() -> None:
    conversion = Conversion("{q}?", "{a}", "Answer in {language}.")
    assert conversion({"q": "2+2", "a": 4, "language": "French"}) == {
        "messages": [
            {"role": "system", "content": "Answer in French."},
            {"role": "user", "content": "2+2?"},
            {"role": "assistant", "content": "4"},
        ]
    }


def test_templates_count_before_the_shape_that_a_row_has() -> None:
    conversion = Conversion("{completion}", "{prompt}")
    example = conversion({"prompt": "p", "completion": "c"})
    assert [message["content"] for message in example["messages"]] == ["c", "p"]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_system_message_is_added_only_where_there_is_none(role: str) -> None:
    conversion = Conversion(system="Be brief.")
    own = {"role": role, "content": "Be long."}
    assert conversion({"messages": [own, ASSISTANT]})["messages"] == [own, ASSISTANT]
    assert conversion({"messages": [USER, ASSISTANT]})["messages"] == [
        {"role": "system", "content": "Be brief."},
        USER,
        ASSISTANT,
    ]


@pytest.mark.parametrize(("prompt", "completion"), [("{a}", None), (None, "{a}")])
def test_one_template_of_the_two_is_refused(prompt: str | None, completion: str | None) -> None:
    with pytest.raises(DataError, match="--prompt and --completion go together"):
        Conversion(prompt, completion)


def test_a_row_of_no_known_shape_says_which_fields_it_has() -> None:
    assert "has neither messages nor prompt and completion, but question, answer." in fault_of(
        {"question": "q", "answer": "a"}
    )


def test_columns_of_no_known_shape_are_refused_before_the_first_row() -> None:
    with pytest.raises(DataError, match=r"a\.csv has neither .* --prompt '\{question\}'"):
        Conversion().check("a.csv", ["question", "answer"])


def test_a_template_with_an_unknown_column_is_refused_before_the_first_row() -> None:
    with pytest.raises(DataError, match="no column 'system_prompt'"):
        Conversion("{a}", "{b}", "{system_prompt}").check("a.csv", ["a", "b"])
