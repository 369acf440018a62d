from __future__ import annotations

import json

import pytest

from engine.serve.errors import ApiError
from engine.serve.requests import parse_chat_request

HELLO = [{"role": "user", "content": "Hello"}]


def body(**changes: object) -> bytes:
    return json.dumps({"model": "m", "messages": HELLO, **changes}).encode()


def test_the_parameters_of_the_api_are_understood() -> None:
    request = parse_chat_request(
        body(temperature=0, top_p=0.5, max_tokens=7, seed=1, stop="x", n=1, user="me", stream=True)
    )
    assert (request.temperature, request.top_p, request.token_limit) == (0, 0.5, 7)
    assert (request.seed, request.stop, request.stream) == (1, ["x"], True)


def test_max_completion_tokens_wins_over_its_older_name() -> None:
    request = parse_chat_request(body(max_tokens=7, max_completion_tokens=5))
    assert request.token_limit == 5


def test_text_in_parts_is_joined_and_developer_becomes_system() -> None:
    parts = [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief."}]
    request = parse_chat_request(body(messages=[{"role": "developer", "content": parts}, *HELLO]))
    assert request.messages[0].for_template() == {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": 2.5}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_completion_tokens": 1.5}, "max_completion_tokens"),
        ({"seed": "x"}, "seed"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"stop": [""]}, "stop[0]"),
        ({"n": 2}, "n"),
        ({"messages": []}, "messages"),
        ({"messages": "Hello"}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [*HELLO, {"role": "user", "content": [{"type": "image_url"}]}]},
         "messages[1].content"),
        ({"presence_penalty": 1}, "presence_penalty"),
        ({"logprobs": 5}, "logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": -1}, "top_logprobs"),
        ({"logprobs": False, "top_logprobs": 5}, "top_logprobs"),
        ({"top_logprobs": 0}, "top_logprobs"),
        ({"logprobs": "maybe", "top_logprobs": 5}, "logprobs"),
        ({"tools": []}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"stream_options": {"include_usage": "maybe"}}, "stream_options.include_usage"),
        ({"model": None}, "model"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_followed_is_refused_by_name(
    changes: dict[str, object], param: str
) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_chat_request(body(**changes))
    assert (refusal.value.status, refusal.value.param) == (400, param)
    assert param in refusal.value.message


@pytest.mark.parametrize(
    ("changes", "alternatives"),
    [
        ({}, None),
        ({"logprobs": False}, None),
        ({"logprobs": None, "top_logprobs": None}, None),
        ({"logprobs": True}, 0),
        ({"logprobs": True, "top_logprobs": 20}, 20),
    ],
)
def test_log_probabilities_are_told_to_those_who_ask(
    changes: dict[str, object], alternatives: int | None
) -> None:
    assert parse_chat_request(body(**changes)).alternatives == alternatives


@pytest.mark.parametrize("bad", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_a_bad_request(bad: bytes) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_chat_request(bad)
    assert (refusal.value.status, refusal.value.param) == (400, None)
