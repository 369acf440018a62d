from __future__ import annotations

from typing import Any

import pytest

from engine.data.cleaning.beside import with_others
from engine.data.shapes.example import Record


def calling(arguments: object) -> Record:
    function = {"name": "f", "arguments": arguments}
    message = {"role": "assistant", "content": None, "tool_calls": [{"function": function}]}
    return {"messages": [{"role": "user", "content": "secret"}, message]}


def masked(text: str) -> str:
    return text.replace("secret", "[X]").replace("4111", "[CARD]")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a": "a secret", "secret": [1, "é secret"]}', '{"a": "a [X]", "secret": [1, "é [X]"]}'),
        ('{"card": 4111, "on": true}', '{"card": "[CARD]", "on": true}'),
        ("not JSON, a secret", "not JSON, a [X]"),
    ],
)
def test_texts_and_numbers_within_the_json_are_changed(before: str, after: str) -> None:
    assert with_others(calling(before), masked) == calling(after)


def test_json_that_needs_no_change_is_not_written_anew() -> None:
    record = calling('{ "a" :1.50,"b":null }')
    assert with_others(record, masked) is record


def test_contents_are_not_touched() -> None:
    for record in (calling(None), {"messages": [{"role": "user", "content": "secret"}]}):
        assert with_others(record, masked) is record


def test_older_calls_and_preferences_are_changed_everywhere() -> None:
    def answer(text: str) -> list[dict[str, Any]]:
        call = {"name": "f", "arguments": f'{{"a": "{text}"}}'}
        return [{"role": "assistant", "content": None, "function_call": call}]

    def preferring(text: str) -> Record:
        return {
            "input": {"messages": answer(text), "tools": []},
            "preferred_output": answer(text),
            "non_preferred_output": answer(text),
        }

    assert with_others(preferring("secret"), masked) == preferring("[X]")


def test_names_and_refusals_are_changed() -> None:
    def saying(text: str) -> Record:
        part = {"type": "refusal", "refusal": text}
        return {
            "messages": [
                {"role": "user", "content": "secret", "name": text},
                {"role": "assistant", "refusal": text},
                {"role": "assistant", "content": [{"type": "text", "text": "secret"}, part]},
            ]
        }

    assert with_others(saying("a secret"), masked) == saying("a [X]")


def test_tools_are_changed_wherever_a_text_stands_in_them() -> None:
    def offering(text: str) -> Record:
        parameters = {"properties": {"to": {"description": text, "examples": [text]}}}
        function = {"name": "f", "description": text, "parameters": parameters}
        tools = [{"type": "function", "function": function}]
        source = {"messages": [{"role": "user", "content": "q"}], "tools": tools}
        answer = [{"role": "assistant", "content": "a"}]
        return {"input": source, "preferred_output": answer, "non_preferred_output": answer}

    assert with_others(offering("secret"), masked) == offering("[X]")


def test_columns_are_changed_and_keep_their_names() -> None:
    def beside(text: str, number: object) -> Record:
        return {
            "messages": [{"role": "user", "content": "secret"}],
            "secret": text,
            "meta": {"by": [text, None, True, 1.5], "card": number},
        }

    assert with_others(beside("a secret", 4111), masked) == beside("a [X]", "[CARD]")
    untouched = beside("nothing", 12)
    assert with_others(untouched, masked) is untouched


def test_a_text_is_shown_with_its_key_before_it() -> None:
    def by_name(text: str) -> str:
        return text.replace("code: 7", "code: [X]")

    record = {"messages": [], "code": "7", "area": {"code": 7, "zip": 7}}
    changed = with_others(record, by_name)
    assert changed == {"messages": [], "code": "[X]", "area": {"code": "[X]", "zip": 7}}
    assert with_others(calling('{"code": 7}'), by_name) == calling('{"code": "[X]"}')
