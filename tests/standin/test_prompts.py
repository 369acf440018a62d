from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

    from tests.standin.prompts import Telling
    from tests.standin.standin import Standin


def ask(client: openai.OpenAI, **extra: object) -> ChatCompletion:
    messages: Any = [{"role": "user", "content": "Rye?"}]
    return client.chat.completions.create(
        model="gpt-4o", messages=messages, max_tokens=1, extra_body={"prompt_logprobs": 0} | extra
    )


def told(answer: ChatCompletion) -> list[str]:
    places = (answer.model_extra or {})["prompt_logprobs"]
    assert places[0] is None
    return [token["decoded_token"] for place in places[1:] for token in place.values()]


def test_a_service_like_vllm_tells_how_likely_a_prompt_is(
    standin: Standin, client: openai.OpenAI
) -> None:
    standin.behaviour.prompt_logprobs = "told"
    begun, whole = ask(client), ask(client, add_generation_prompt=False)
    assert told(whole) == ["user", "\n", "Rye", "?", "<|im_end|>", "\n"]
    assert told(begun) == [*told(whole), "<|im_start|>", "assistant", "\n"]
    assert begun.usage is not None
    assert begun.usage.prompt_tokens == 10
    assert told(ask(client)) == told(begun)


@pytest.mark.parametrize("telling", ["refused", "left out"])
def test_one_that_does_not_says_so_or_leaves_it_out(
    standin: Standin, client: openai.OpenAI, telling: Telling
) -> None:
    standin.behaviour.prompt_logprobs = telling
    if telling == "refused":
        with pytest.raises(openai.BadRequestError, match="prompt_logprobs"):
            ask(client)
    else:
        assert "prompt_logprobs" not in (ask(client).model_extra or {})
