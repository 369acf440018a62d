from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.standin import faults
from tests.standin.errors import server_error

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

    from tests.standin.standin import Standin

HELLO: Any = [{"role": "user", "content": "How much is a croissant?"}]
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "price_of",
            "parameters": {"type": "object", "properties": {"item": {"type": "string"}}},
        },
    }
]


def ask(client: openai.OpenAI, model: str = "gpt-4o", **options: Any) -> ChatCompletion:  # noqa: ANN401
    completion: ChatCompletion = client.chat.completions.create(
        **{"model": model, "messages": HELLO} | options
    )
    return completion


def text_of(client: openai.OpenAI, model: str = "gpt-4o", **options: Any) -> str:  # noqa: ANN401
    return str(ask(client, model, **options).choices[0].message.content)


def streamed(client: openai.OpenAI, **options: Any) -> list[Any]:  # noqa: ANN401
    with client.chat.completions.create(
        model="gpt-4o", messages=HELLO, stream=True, **options
    ) as chunks:
        return list(chunks)


def test_answers_the_same_at_temperature_zero_and_differently_above(
    client: openai.OpenAI,
) -> None:
    assert len({text_of(client, temperature=0) for _ in range(4)}) == 1
    assert len({text_of(client, temperature=1) for _ in range(4)}) == 3
    assert len({text_of(client, temperature=1, seed=5) for _ in range(4)}) == 1


def test_models_differ(standin: Standin, client: openai.OpenAI) -> None:
    model = standin.past_job().fine_tuned_model
    assert model
    assert text_of(client, model, temperature=0) != text_of(client, temperature=0)


def test_tells_usage_fingerprint_and_snapshot(standin: Standin, client: openai.OpenAI) -> None:
    standin.behaviour.system_fingerprint = "fp_new"
    whole = ask(client)
    assert (whole.model, whole.system_fingerprint) == ("gpt-4o-2024-08-06", "fp_new")
    assert whole.usage
    assert whole.usage.prompt_tokens == 6
    assert whole.usage.total_tokens == 6 + whole.usage.completion_tokens


def test_gives_log_probabilities_with_alternatives(client: openai.OpenAI) -> None:
    choice = ask(client, logprobs=True, top_logprobs=3).choices[0]
    assert choice.logprobs
    tokens = choice.logprobs.content or []
    assert "".join(token.token for token in tokens) == choice.message.content
    for token in tokens:
        assert token.top_logprobs[0].token == token.token
        assert len({top.token for top in token.top_logprobs}) == 3
        assert token.logprob == max(top.logprob for top in token.top_logprobs) < 0
        assert bytes(token.bytes or []).decode() == token.token


def test_ends_at_stops_and_limits(client: openai.OpenAI) -> None:
    short = ask(client, max_completion_tokens=2).choices[0]
    assert (short.finish_reason, len((short.message.content or "").split())) == ("length", 2)
    assert text_of(client, stop=["."])[-1] != "."


def test_calls_tools_that_are_demanded_or_named(client: openai.OpenAI) -> None:
    demanded = ask(client, tools=TOOLS, tool_choice="required").choices[0]
    assert demanded.finish_reason == "tool_calls"
    calls = demanded.message.tool_calls or []
    assert calls[0].type == "function"
    assert json.loads(calls[0].function.arguments) == {"item": "rye"}
    named: Any = [{"role": "user", "content": "call price_of"}]
    assert ask(client, messages=named, tools=TOOLS).choices[0].message.tool_calls
    assert ask(client, tools=TOOLS).choices[0].message.tool_calls is None


def test_streams_the_very_answer_with_its_usage_at_the_end(client: openai.OpenAI) -> None:
    options: Any = {"temperature": 0, "logprobs": True, "top_logprobs": 1}
    chunks = streamed(client, stream_options={"include_usage": True}, **options)
    said = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(said) == text_of(client, temperature=0)
    assert chunks[-1].choices == []
    assert chunks[-1].usage == ask(client, temperature=0).usage
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[1].choices[0].logprobs.content[0].token == said[1]


def test_streams_tool_calls_in_pieces(client: openai.OpenAI) -> None:
    chunks = streamed(client, tools=TOOLS, tool_choice="required")
    pieces = [
        call
        for chunk in chunks
        for choice in chunk.choices
        for call in choice.delta.tool_calls or []
    ]
    assert pieces[0].function.name == "price_of"
    assert "".join(piece.function.arguments for piece in pieces) == '{"item": "rye"}'


def test_says_what_a_test_wants(standin: Standin, client: openai.OpenAI) -> None:
    standin.answer("Two euros.")
    assert text_of(client) == "Two euros."
    standin.answer(lambda asked: asked["messages"][-1]["content"].upper())
    assert text_of(client) == "HOW MUCH IS A CROISSANT?"
    standin.answer(None)
    assert text_of(client) != "Two euros."


def test_a_stream_breaks_off_with_an_error_or_a_reset(
    standin: Standin, client: openai.OpenAI
) -> None:
    for fault, raised in (
        (faults.stream_broken(3, error=server_error(500)), openai.APIError),
        (faults.stream_reset(3), openai.APIConnectionError),
    ):
        standin.inject(fault, "POST", "/chat/completions")
        with client.chat.completions.create(model="gpt-4o", messages=HELLO, stream=True) as stream:
            assert len([next(stream) for _ in range(3)]) == 3
            with pytest.raises(raised):
                next(stream)
    standin.inject(faults.stream_broken(3), "POST", "/chat/completions")
    assert len(streamed(client)) == 3


def test_a_new_model_is_404_for_a_while(standin: Standin, client: openai.OpenAI) -> None:
    standin.behaviour.looks_until_ready = 2
    model = standin.live_job("succeeded").fine_tuned_model
    assert model
    for _ in range(2):
        with pytest.raises(openai.NotFoundError):
            ask(client, model)
    assert ask(client, model).choices


def test_refuses_wrong_models_and_values(client: openai.OpenAI) -> None:
    for model, reason in (
        ("gpt-9", "does not exist"),
        ("gpt-3.5-turbo-0125", "deprecated"),
        ("davinci-002", "not a chat model"),
    ):
        with pytest.raises(openai.NotFoundError, match=reason):
            ask(client, model)
    with pytest.raises(openai.BadRequestError, match="temperature"):
        ask(client, temperature=2.1)
    with pytest.raises(openai.BadRequestError, match="logprobs"):
        ask(client, top_logprobs=2)


def test_the_old_endpoint_answers_for_the_old_models(
    standin: Standin, client: openai.OpenAI
) -> None:
    job = standin.past_job(model="babbage-002")
    for model in ("davinci-002", str(job.fine_tuned_model)):
        whole = client.completions.create(
            model=model, prompt="Bread is", logprobs=2, temperature=0, max_tokens=5
        )
        choice = whole.choices[0]
        assert choice.finish_reason == "length"
        assert choice.logprobs
        assert choice.logprobs.tokens
        assert "".join(choice.logprobs.tokens) == choice.text
        assert choice.logprobs.top_logprobs
        assert len(choice.logprobs.top_logprobs[0]) == 2
        chunks = client.completions.create(
            model=model, prompt="Bread is", stream=True, temperature=0, max_tokens=5
        )
        assert "".join(chunk.choices[0].text for chunk in chunks) == choice.text
    with pytest.raises(openai.NotFoundError, match="chat model"):
        client.completions.create(model="gpt-4o", prompt="Bread is")
