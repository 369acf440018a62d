"""Log probabilities as callers meet them: a real server, the real client, a plain forward pass."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
import pytest

from engine.model_client import open_client

if TYPE_CHECKING:
    from openai.types.chat import (
        ChatCompletionChunk,
        ChatCompletionMessageParam,
        ChatCompletionTokenLogprob,
    )
    from openai.types.chat.chat_completion import Choice
    from openai.types.chat.chat_completion_chunk import Choice as PartChoice
    from openai.types.chat.chat_completion_token_logprob import TopLogprob
    from transformers import PreTrainedTokenizerBase

    from engine.serve.process import LocalServer

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello, how many?"}]
_CLOSE = 1e-4
_VOCABULARY = 400
"""Of the tiny models; their tokenizer has fewer."""


@pytest.fixture
def client(server: LocalServer) -> Iterator[openai.OpenAI]:
    with open_client(server.base_url, server.key) as opened:
        yield opened


def wish(options: dict[str, object]) -> dict[str, Any]:
    common = {"model": "base", "messages": HELLO, "temperature": 0, "max_tokens": 24}
    return {**common, "logprobs": True, "top_logprobs": 5, **options}


def asked(client: openai.OpenAI, **options: object) -> Choice:
    choice: Choice = client.chat.completions.create(**wish(options)).choices[0]
    return choice


def streamed(client: openai.OpenAI, **options: object) -> list[PartChoice]:
    chunks: openai.Stream[ChatCompletionChunk] = client.chat.completions.create(
        stream=True, **wish(options)
    )
    return [chunk.choices[0] for chunk in chunks]


def tokens_of(choice: Choice | PartChoice) -> list[ChatCompletionTokenLogprob]:
    assert choice.logprobs is not None
    assert choice.logprobs.content is not None
    return choice.logprobs.content


def text_of(tokens: Sequence[ChatCompletionTokenLogprob]) -> str:
    """Return what the tokens say together."""
    return b"".join(bytes(token.bytes or []) for token in tokens).decode(errors="replace")


def ids_of(
    tokenizer: PreTrainedTokenizerBase, tokens: Sequence[ChatCompletionTokenLogprob | TopLogprob]
) -> list[int]:
    """Return the ids of tokens, by their text and bytes."""
    from engine.serve.token_texts import TokenTexts

    texts = TokenTexts(tokenizer)
    ids = {texts.of(token, first=False): token for token in range(_VOCABULARY)}
    contents = [None if token.bytes is None else bytes(token.bytes) for token in tokens]
    return [ids[token.token, said] for token, said in zip(tokens, contents, strict=True)]


def check_by_forward_pass(
    tokens: Sequence[ChatCompletionTokenLogprob], base: Path, adapter: Path | None = None
) -> None:
    """Compare with one pass of the bare model over question and answer, at once."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    network = AutoModelForCausalLM.from_pretrained(base)
    if adapter is not None:
        with warnings.catch_warnings():
            # peft still uses a property that transformers has renamed.
            warnings.simplefilter("ignore", FutureWarning)
            network = PeftModel.from_pretrained(network, adapter)
    asking = tokenizer.apply_chat_template(HELLO, add_generation_prompt=True, return_dict=True)
    prompt, answer = list(asking["input_ids"]), ids_of(tokenizer, tokens)
    with torch.inference_mode():
        scores = network.eval()(torch.tensor([prompt + answer])).logits[0]
    expected = torch.log_softmax(scores[len(prompt) - 1 : -1], dim=-1)
    drawn = expected[torch.arange(len(answer)), torch.tensor(answer)]
    likeliest = expected.topk(5).values
    told = torch.tensor([[other.logprob for other in token.top_logprobs] for token in tokens])
    assert [token.logprob for token in tokens] == pytest.approx(drawn.tolist(), abs=_CLOSE)
    assert sum(token.logprob for token in tokens) == pytest.approx(float(drawn.sum()), abs=_CLOSE)
    assert torch.allclose(told, likeliest, rtol=0, atol=_CLOSE)
    for token, row in zip(tokens, expected, strict=True):
        named = row[ids_of(tokenizer, token.top_logprobs)]
        assert [other.logprob for other in token.top_logprobs] == pytest.approx(
            named.tolist(), abs=_CLOSE
        )


def test_log_probabilities_are_those_of_a_plain_forward_pass(
    client: openai.OpenAI, tiny_base: Path, tiny_adapter: Path
) -> None:
    base, tuned = tokens_of(asked(client)), tokens_of(asked(client, model="tuned"))
    assert len(base) == len(tuned) == 24
    check_by_forward_pass(base, tiny_base)
    check_by_forward_pass(tuned, tiny_base, tiny_adapter)


@pytest.mark.parametrize(
    "sampling",
    [{"temperature": 2, "seed": 7}, {"temperature": 1, "top_p": 0.1, "seed": 7}],
)
def test_temperature_and_top_p_do_not_change_them(
    client: openai.OpenAI, tiny_base: Path, sampling: dict[str, object]
) -> None:
    check_by_forward_pass(tokens_of(asked(client, **sampling)), tiny_base)


def test_what_is_drawn_freely_need_not_be_among_the_likeliest(client: openai.OpenAI) -> None:
    tokens = tokens_of(asked(client, temperature=2, seed=7, top_logprobs=1, max_tokens=60))
    assert any(token.logprob < token.top_logprobs[0].logprob for token in tokens)


def test_the_likeliest_come_first_and_the_greedy_token_is_the_first_of_them(
    client: openai.OpenAI,
) -> None:
    for token in tokens_of(asked(client, top_logprobs=20)):
        logprobs = [other.logprob for other in token.top_logprobs]
        assert len(logprobs) == 20
        assert logprobs == sorted(logprobs, reverse=True)
        assert token.logprob == logprobs[0]
        assert (token.token, token.bytes) == (
            token.top_logprobs[0].token,
            token.top_logprobs[0].bytes,
        )


@pytest.mark.parametrize("model", ["base", "tuned", "plain"])
def test_the_tokens_are_those_of_the_answer(client: openai.OpenAI, model: str) -> None:
    choice = asked(client, model=model, max_tokens=100)
    assert len(tokens_of(choice)) == 100
    assert text_of(tokens_of(choice)) == choice.message.content


@pytest.mark.parametrize("options", [{}, {"temperature": 1.5, "seed": 3}, {"stop": "e"}])
def test_a_streamed_answer_tells_the_same_as_the_whole_one(
    client: openai.OpenAI, options: dict[str, object]
) -> None:
    told = streamed(client, max_tokens=60, **options)
    pieces = [tokens_of(choice) for choice in told if choice.logprobs]
    tokens = [token for piece in pieces for token in piece]
    assert tokens == tokens_of(asked(client, max_tokens=60, **options))
    assert len(pieces) > 1
    assert [told[0].logprobs, told[-1].logprobs] == [None, None]


def test_tokens_come_with_the_text_that_they_begin(client: openai.OpenAI) -> None:
    for choice in streamed(client, max_tokens=60):
        if choice.logprobs:
            assert text_of(tokens_of(choice)) == choice.delta.content


def test_the_end_token_is_not_told(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(**wish({"model": "silent"}))
    assert tokens_of(completion.choices[0]) == []
    assert completion.usage.completion_tokens == 1


def test_tokens_behind_a_stop_string_are_not_told(client: openai.OpenAI) -> None:
    full = asked(client)
    whole = str(full.message.content)
    for stop in (whole[3:6], whole[7:9], whole[12]):
        choice = asked(client, stop=stop)
        tokens, text = tokens_of(choice), str(choice.message.content)
        assert text == whole[: whole.index(stop)]
        assert tokens == tokens_of(full)[: len(tokens)]
        assert text_of(tokens).startswith(text)
        assert len(text_of(tokens[:-1])) < len(text)


def test_nothing_is_told_of_probabilities_unless_asked(client: openai.OpenAI) -> None:
    plain: dict[str, object] = {"logprobs": False, "top_logprobs": None}
    assert asked(client, **plain).logprobs is None
    assert all(choice.logprobs is None for choice in streamed(client, **plain))


@pytest.mark.parametrize("count", [0, None])
def test_without_alternatives_each_token_is_told_alone(
    client: openai.OpenAI, count: int | None
) -> None:
    tokens = tokens_of(asked(client, top_logprobs=count))
    assert len(tokens) == 24
    assert all(token.logprob < 0 and token.top_logprobs == [] for token in tokens)


def test_asking_for_probabilities_does_not_change_the_answer(client: openai.OpenAI) -> None:
    drawn: dict[str, object] = {"temperature": 1.2, "seed": 5}
    without = asked(client, logprobs=False, top_logprobs=None, **drawn)
    assert asked(client, **drawn).message.content == without.message.content


@pytest.mark.parametrize("options", [{"logprobs": None}, {"logprobs": False}, {"top_logprobs": 21}])
def test_alternatives_that_cannot_be_told_are_refused(
    client: openai.OpenAI, options: dict[str, object]
) -> None:
    with pytest.raises(openai.BadRequestError, match="top_logprobs") as refusal:
        asked(client, **options)
    assert refusal.value.param == "top_logprobs"
