"""`/completions`: the old endpoint, of babbage-002, davinci-002 and what was made from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.standin.answers import Answer, alternatives, answers_to, logprob, usage
from tests.standin.calls import Call, Json
from tests.standin.errors import bad_request, not_found
from tests.standin.models import ready_base
from tests.standin.replies import EventStream, Reply
from tests.standin.state import State

_DEFAULT_TOKENS = 16
_MOST_ALTERNATIVES = 5


class Completions:
    """The endpoint of legacy completions."""

    def __init__(self, state: State) -> None:
        self._state = state

    def complete(self, call: Call) -> Reply:
        asked: Json = {"max_tokens": _DEFAULT_TOKENS} | call.sent_json
        if ready_base(self._state, asked["model"]).kind != "completion":
            raise not_found(
                "This is a chat model and not supported in the v1/completions endpoint. Did you "
                "mean to use v1/chat/completions?",
                param="model",
            )
        if (asked.get("logprobs") or 0) > _MOST_ALTERNATIVES:
            raise bad_request("'logprobs' must be from 0 to 5.", param="logprobs")
        prompts = _prompts(asked["prompt"])
        answers = [
            answer for prompt in prompts for answer in answers_to(self._state, asked, prompt)
        ]
        common = {
            "id": self._state.new_id("cmpl-", 28),
            "object": "text_completion",
            "created": self._state.clock.timestamp(),
            "model": asked["model"],
            "system_fingerprint": self._state.behaviour.system_fingerprint,
        }
        cost = _old_usage(usage("\n".join(prompts), answers))
        if asked.get("stream"):
            chunks = list(_chunks(asked, answers, common, cost))
            return Reply(EventStream(chunks), media_type="text/event-stream; charset=utf-8")
        choices = [_choice(asked, n, answer) for n, answer in enumerate(answers)]
        return Reply(common | {"choices": choices, "usage": cost})


def _prompts(prompt: str | list[Any] | None) -> list[str]:
    """Return the prompts of a request; token ids are written as they are."""
    if not isinstance(prompt, list):
        return [prompt or ""]
    if all(isinstance(token, int) for token in prompt):
        return [str(prompt)]
    return [str(item) for item in prompt]


def _old_usage(cost: Json) -> Json:
    return {name: count for name, count in cost.items() if not name.endswith("details")}


def _choice(asked: Json, index: int, answer: Answer) -> Json:
    return {
        "index": index,
        "text": answer.text,
        "logprobs": _logprobs(asked, answer.tokens),
        "finish_reason": answer.finish_reason,
    }


def _logprobs(asked: Json, tokens: list[str]) -> Json | None:
    count = asked.get("logprobs")
    if count is None:
        return None
    model, places = asked["model"], range(len(tokens))
    return {
        "tokens": tokens,
        "token_logprobs": [logprob(model, tokens, place) for place in places],
        "top_logprobs": [dict(alternatives(model, tokens, place, count)) for place in places],
        "text_offset": [len("".join(tokens[:place])) for place in places],
    }


def _chunks(asked: Json, answers: list[Answer], common: Json, cost: Json) -> Iterator[Json]:
    for index, answer in enumerate(answers):
        for token in answer.tokens:
            choice = {"index": index, "text": token, "logprobs": None, "finish_reason": None}
            yield common | {"choices": [choice]}
        end = {"index": index, "text": "", "logprobs": None, "finish_reason": answer.finish_reason}
        yield common | {"choices": [end]}
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield common | {"choices": [], "usage": cost}
