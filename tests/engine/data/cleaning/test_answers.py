from __future__ import annotations

import pytest

from engine.data.cleaning.answers import is_empty, is_truncated
from engine.data.shapes.example import Record

USER = {"role": "user", "content": "q"}
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def answered(**fields: object) -> Record:
    return {"messages": [USER, {"role": "assistant", "content": None, **fields}]}


def preference(preferred: str, other: str, question: str = "q") -> Record:
    return {
        "input": {"messages": [{"role": "user", "content": question}]},
        "preferred_output": [{"role": "assistant", "content": preferred}],
        "non_preferred_output": [{"role": "assistant", "content": other}],
    }


@pytest.mark.parametrize(
    "record",
    [
        answered(content=""),
        answered(content=" \n\t"),
        answered(content="\u200b\ufeff"),
        answered(content=[{"type": "text", "text": " "}]),
        answered(content=None, tool_calls=[]),
        {"messages": [USER]},
        {"messages": [{"role": "assistant", "content": "a"}]},
        {"messages": [USER | {"content": " "}, {"role": "assistant", "content": "a"}]},
        {"messages": [*answered(content="")["messages"], *answered(content="a")["messages"]]},
        preference("", "b"),
        preference("a", " "),
        preference("a", "b", question="\n"),
    ],
)
def test_an_example_without_question_or_answer_is_empty(record: Record) -> None:
    assert is_empty(record)


@pytest.mark.parametrize(
    "record",
    [
        answered(content="0"),
        answered(tool_calls=[CALL]),
        answered(function_call=CALL["function"]),
        answered(refusal="I can't."),
        answered(content=[{"type": "refusal", "refusal": "I can't."}]),
        preference("a", "b"),
        {
            "messages": [
                *answered(content="", weight=0)["messages"],
                *answered(content="a")["messages"],
            ]
        },
        {
            "messages": [
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]},
                {"role": "assistant", "content": "a cat"},
            ]
        },
    ],
)
def test_an_example_that_says_something_is_not_empty(record: Record) -> None:
    assert not is_empty(record)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ann", "age": 3',
        '{"name": "An',
        '{"name": ',
        "{",
        '[{"a": 1}, {"b',
        " [1, 2,\n  3,",
        '{"a": tru',
        '{"a": "\\u00',
        '```json\n{"a": [1, 2',
        '```\n{"a": 1,',
    ],
)
def test_json_that_breaks_off_is_truncated(text: str) -> None:
    assert is_truncated(answered(content=text))
    assert is_truncated(preference(text, "b"))
    assert not is_truncated(preference("a", text))


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ann"}',
        "[1, 2]",
        "{}",
        "[Note: see below",
        "[1] Smith et al., 1999",
        "{name}, welcome back",
        "[0, 1) is half open",
        "{'single': 'quotes'",
        '{"a": 1}}',
        '```json\n{"a": 1}\n```',
        "plain text, and then {",
        '"a quotation that goes on',
        "[" * 10_000,
        "[\ud800",
    ],
)
def test_anything_else_is_not_truncated(text: str) -> None:
    assert not is_truncated(answered(content=text))


def test_arguments_of_a_call_that_break_off_are_truncated() -> None:
    cut_off = {"name": "f", "arguments": '{"city": "Par'}
    assert is_truncated(answered(tool_calls=[CALL, CALL | {"function": cut_off}]))
    assert is_truncated(answered(function_call=cut_off))
    assert not is_truncated(answered(tool_calls=[CALL]))


def test_what_is_not_learnt_from_may_break_off() -> None:
    record = answered(content="whole")
    record["messages"] += [USER | {"content": "{"}, answered(content="{", weight=0)["messages"][1]]
    assert not is_truncated(record)
