from __future__ import annotations

import json
from typing import Any

import pytest

from engine.recording.replies import Reply, probabilities_in, read_answer


def reply(body: dict[str, Any]) -> Reply:
    raw = json.dumps(body).encode()
    return Reply(read_answer(raw), raw, 1.0)


def choice(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    said = {"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}
    return {"choices": [said | fields]}


def with_logprobs(*values: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return choice(logprobs={"content": [{"token": "a", "logprob": value} for value in values]})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"choices": []}',
        b'{"choices": "x"}',
        b'{"choices": ["x"]}',
        b'{"error": {"message": "overloaded"}}',
    ],
)
def test_what_is_no_answer_is_told_apart_as_unreadable(raw: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_answer(raw)


def test_what_json_has_not_is_left_out_of_an_answer() -> None:
    found = reply(with_logprobs(float("nan"), float("-inf"), -1.5))
    assert found.logprobs() == [-1.5]
    told = probabilities_in(found.raw)
    assert told is not None
    assert [token["logprob"] for token in told["content"]] == [None, None, -1.5]


def test_probabilities_that_cannot_be_added_up_are_none() -> None:
    assert reply(with_logprobs(-1e308, -1e308, -1e308)).logprobs() == []


def test_a_whole_number_that_no_program_reads_is_left_out() -> None:
    assert reply(with_logprobs(-(10**400), -1)).logprobs() == [-1.0]
    raw = b'{"choices": [{"message": {"content": "hi"}}], "x": ' + b"9" * 5000 + b"}"
    assert Reply(read_answer(raw), raw, 1.0).content == "hi"


@pytest.mark.parametrize("count", [-5, 10**30, True, "3", 3.5, None])
def test_a_number_of_tokens_that_is_none_is_left_out(count: object) -> None:
    assert reply(choice() | {"usage": {"prompt_tokens": count}}).tokens("prompt_tokens") is None


def test_half_a_character_is_marked_wherever_it_stands() -> None:
    raw = json.dumps(choice(logprobs={"content": [{"token": "\ud83e", "logprob": -1.0}]})).encode()
    told = probabilities_in(raw)
    assert told is not None
    assert [each["token"] for each in told["content"]] == ["\ufffd"]


def test_what_is_too_deep_to_be_recorded_is_left_out() -> None:
    calls = [json.loads("[" * 300 + "]" * 300)]
    found = reply(choice(message={"content": "hi", "tool_calls": calls}))
    assert "[" * 200 not in json.dumps(found.tool_calls)
    assert found.content == "hi"


def test_the_text_of_an_answer_in_parts_is_that_of_all_of_them() -> None:
    parts = [{"type": "text", "text": "Rye "}, {"type": "x"}, {"type": "text", "text": "bread"}]
    assert reply(choice(message={"content": parts})).content == "Rye bread"
    assert reply(choice(message=None)).content is None
