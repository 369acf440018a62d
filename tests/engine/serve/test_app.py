"""The API as its callers meet it: a real server process, the real openai client, plain HTTP."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import openai
import pytest

from engine.model_client import open_client

if TYPE_CHECKING:
    from openai.types.chat import (
        ChatCompletion,
        ChatCompletionChunk,
        ChatCompletionMessageParam,
    )

    from engine.serve.process import LocalServer

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello, how many?"}]


@pytest.fixture
def client(server: LocalServer) -> Iterator[openai.OpenAI]:
    with open_client(server.base_url, server.key) as opened:
        yield opened


def send(
    server: LocalServer,
    method: str,
    path: str,
    body: bytes | str = b"",
    key: str | None = "",
) -> tuple[int, Any]:
    """Send a bare request; `key` "" stands for the right one, None for no header."""
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=60)
    headers = {} if key is None else {"Authorization": f"Bearer {key or server.key}"}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def wish(options: dict[str, object]) -> dict[str, Any]:
    return {"messages": HELLO, "temperature": 0, "max_tokens": 24, **options}


def whole(client: openai.OpenAI, model: str = "base", **options: object) -> ChatCompletion:
    completion: ChatCompletion = client.chat.completions.create(model=model, **wish(options))
    return completion


def streamed(client: openai.OpenAI, **options: object) -> openai.Stream[ChatCompletionChunk]:
    stream: openai.Stream[ChatCompletionChunk] = client.chat.completions.create(
        model="base", stream=True, **wish(options)
    )
    return stream


def text_of(client: openai.OpenAI, model: str = "base", **options: object) -> str:
    return str(whole(client, model, **options).choices[0].message.content)


def eventually(holds: Callable[[], bool]) -> bool:
    """Look again and again, for ten seconds at most: the other process tells of no event."""
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def test_the_models_are_listed_and_shown(client: openai.OpenAI) -> None:
    listed = [model.id for model in client.models.list()]
    assert listed == ["base", "tuned", "plain", "silent", "lost"]
    assert client.models.retrieve("tuned").owned_by == "ftlab"


@pytest.mark.parametrize("key", [None, "wrong", "schlüssel"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/models"), ("POST", "/v1/chat/completions"), ("GET", "/nowhere")],
)
def test_every_path_asks_for_the_key(
    server: LocalServer, method: str, path: str, key: str | None
) -> None:
    status, answer = send(server, method, path, key=key)
    assert (status, answer["error"]["code"]) == (401, "invalid_api_key")


def test_health_may_be_asked_without_a_key(server: LocalServer) -> None:
    assert send(server, "GET", "/health", key=None) == (200, {"status": "ok"})


def test_a_streamed_answer_at_temperature_0_equals_the_whole_one(client: openai.OpenAI) -> None:
    pieces = [chunk.choices[0].delta.content or "" for chunk in streamed(client, max_tokens=60)]
    assert len([piece for piece in pieces if piece]) > 5
    assert "".join(pieces) == text_of(client, max_tokens=60)


def test_the_answer_at_temperature_0_is_the_likeliest_by_the_bare_weights(
    client: openai.OpenAI, tiny_base: Path
) -> None:
    """Computed token by token without generate(): no penalty or default of the author's gets in."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(tiny_base)
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    prompt = tokenizer.apply_chat_template(HELLO, add_generation_prompt=True, return_dict=True)
    tokens = list(prompt["input_ids"])
    with torch.inference_mode():
        for _ in range(24):
            scores = model(torch.tensor([tokens])).logits[0, -1]
            tokens.append(int(scores.argmax()))
    assert text_of(client) == tokenizer.decode(tokens[len(prompt["input_ids"]) :])


def test_a_stream_tells_its_usage_when_asked_and_not_otherwise(client: openai.OpenAI) -> None:
    asked = list(streamed(client, stream_options={"include_usage": True}))
    usage = whole(client).usage
    assert usage is not None
    assert asked[-1].choices == []
    assert asked[-1].usage == usage
    assert asked[-2].choices[0].finish_reason == "length"
    assert usage.completion_tokens == 24
    assert usage.total_tokens == usage.prompt_tokens + 24
    assert all(chunk.usage is None for chunk in streamed(client))


def test_an_adapter_changes_the_answer_and_its_base_stays_as_it_was(
    client: openai.OpenAI, server: LocalServer
) -> None:
    base = text_of(client)
    tuned = text_of(client, "tuned")
    assert base != tuned
    assert (text_of(client), text_of(client, "tuned")) == (base, tuned)
    assert eventually(lambda: any("loaded adapter" in line for line in server.last_lines))


def test_a_model_without_a_chat_template_answers_too(client: openai.OpenAI) -> None:
    assert text_of(client, "plain")


def test_the_models_end_token_ends_the_answer(client: openai.OpenAI) -> None:
    choice = whole(client, "silent").choices[0]
    assert (choice.finish_reason, choice.message.content) == ("stop", "")


def test_an_answer_ends_before_a_stop_string(client: openai.OpenAI) -> None:
    full = text_of(client)
    stop = full[6:9]
    choice = whole(client, stop=stop).choices[0]
    assert choice.finish_reason == "stop"
    assert choice.message.content == full[: full.index(stop)]


def test_a_seed_repeats_an_answer_and_another_gives_another(client: openai.OpenAI) -> None:
    first, again, other = (text_of(client, temperature=1.2, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_unseeded_answers_differ_even_after_a_seeded_one(client: openai.OpenAI) -> None:
    def drawn_after_a_seed() -> str:
        text_of(client, temperature=1.5, seed=7, max_tokens=1)
        return text_of(client, temperature=1.5)

    assert drawn_after_a_seed() != drawn_after_a_seed()


@pytest.mark.parametrize("options", [{"temperature": 1e-9}, {"temperature": 1, "top_p": 0}])
def test_the_narrowest_sampling_is_greedy(client: openai.OpenAI, options: dict[str, Any]) -> None:
    assert text_of(client, **options) == text_of(client)


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="'gpt-9' is not served here") as refusal:
        whole(client, "gpt-9")
    assert (refusal.value.code, refusal.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError, match="gpt-9"):
        client.models.retrieve("gpt-9")


def test_messages_longer_than_the_context_are_refused(client: openai.OpenAI) -> None:
    long: list[ChatCompletionMessageParam] = [{"role": "user", "content": "word " * 2000}]
    with pytest.raises(openai.BadRequestError, match="context is 2048 tokens") as no:
        streamed(client, messages=long)
    assert (no.value.code, no.value.param) == ("context_length_exceeded", "messages")


def test_messages_that_the_chat_template_refuses_are_a_bad_request(client: openai.OpenAI) -> None:
    messages = [*HELLO, {"role": "system", "content": "Be brief."}]
    with pytest.raises(openai.BadRequestError, match="the system message comes first"):
        whole(client, messages=messages)


def test_a_model_whose_files_are_gone_says_so(client: openai.OpenAI) -> None:
    with pytest.raises(openai.InternalServerError, match=r"there is no folder .*not-there"):
        whole(client, "lost")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{not json", None),
        (b'{"model": "base"}', "messages"),
        (b'{"model": "base", "messages": [], "tools": []}', "messages"),
    ],
)
def test_a_bad_body_is_refused_in_the_apis_shape(
    server: LocalServer, body: bytes, param: str | None
) -> None:
    status, answer = send(server, "POST", "/v1/chat/completions", body)
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    assert answer["error"]["param"] == param


def test_unknown_paths_and_methods_are_refused_in_the_apis_shape(server: LocalServer) -> None:
    assert send(server, "GET", "/v1/engines")[0] == 404
    status, answer = send(server, "GET", "/v1/chat/completions")
    assert status == 405
    assert "GET /v1/chat/completions" in answer["error"]["message"]


def is_answering(server: LocalServer) -> bool:
    """Whether a generation has begun and not ended, from the server's log."""
    told = [line for line in server.last_lines if "tokens answered" in line or "answering" in line]
    return bool(told) and "answering" in told[-1]


def answered_tokens(server: LocalServer) -> int | None:
    """The tokens of the last finished answer, from the server's log."""
    told = [line.split() for line in server.last_lines if "tokens answered" in line]
    return int(told[-1][1]) if told else None


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_hangs_up_stops_the_generation(server: LocalServer, stream: bool) -> None:
    body = json.dumps({"model": "base", "messages": HELLO, "temperature": 0, "stream": stream})
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=60)
    connection.request(
        "POST", "/v1/chat/completions", body, {"Authorization": f"Bearer {server.key}"}
    )
    if stream:
        assert connection.getresponse().read(200)
    assert eventually(lambda: is_answering(server))
    connection.close()
    assert eventually(lambda: not is_answering(server))
    answered = answered_tokens(server)
    assert answered is not None
    assert answered < 1000


def test_the_server_answers_while_a_model_is_busy(
    client: openai.OpenAI, server: LocalServer
) -> None:
    with streamed(client, max_tokens=2000) as stream:
        next(iter(stream))
        assert send(server, "GET", "/v1/models")[0] == 200
