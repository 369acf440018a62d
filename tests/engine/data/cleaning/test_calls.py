from __future__ import annotations

from typing import Any

import pytest

from engine.data.cleaning.calls import with_arguments
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
    assert with_arguments(calling(before), masked) == calling(after)


def test_json_that_needs_no_change_is_not_written_anew() -> None:
    record = calling('{ "a" :1.50,"b":null }')
    assert with_arguments(record, masked) is record


def test_what_has_no_arguments_is_not_touched() -> None:
    for record in (calling(None), {"messages": [{"role": "user", "content": "secret"}]}):
        assert with_arguments(record, masked) is record


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

    assert with_arguments(preferring("secret"), masked) == preferring("[X]")
