"""`/chat/completions`: whole and streamed answers of chat models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.standin.answers import Answer, alternatives, answers_to, logprob, usage
from tests.standin.calls import Call, Json
from tests.standin.catalogue import snapshot
from tests.standin.errors import ApiError, bad_request, not_found
from tests.standin.models import ready_base
from tests.standin.prompts import sent_tokens, told_of
from tests.standin.replies import EventStream, Reply
from tests.standin.state import State

_MOST_ALTERNATIVES = 20


class Chat:
    """The endpoint of chat completions."""

    def __init__(self, state: State) -> None:
        self._state = state

    def complete(self, call: Call) -> Reply:
        asked = call.sent_json
        self._check(asked)
        prompt = "\n".join(_text_of(message) for message in asked["messages"])
        answers = answers_to(self._state, asked, prompt)
        cost, told = usage(prompt, answers), self._told(asked)
        if told:
            cost["prompt_tokens"] = len(told["prompt_logprobs"])
            cost["total_tokens"] = cost["prompt_tokens"] + cost["completion_tokens"]
        common = {
            "id": self._state.new_id("chatcmpl-", 28),
            "created": self._state.clock.timestamp(),
            "model": snapshot(asked["model"]),
            "service_tier": "default",
            "system_fingerprint": self._state.behaviour.system_fingerprint,
        }
        if asked.get("stream"):
            common["object"] = "chat.completion.chunk"
            chunks = list(_chunks(asked, answers, common, cost))
            return Reply(EventStream(chunks), media_type="text/event-stream; charset=utf-8")
        return Reply(
            common
            | told
            | {
                "object": "chat.completion",
                "choices": [_choice(asked, n, answer) for n, answer in enumerate(answers)],
                "usage": cost,
            }
        )

    def _told(self, asked: Json) -> Json:
        """Return what a service like vLLM tells of the prompt, if that is wished for."""
        behaviour = self._state.behaviour
        if asked.get("prompt_logprobs") is None or behaviour.prompt_logprobs != "told":
            return {}
        return {"prompt_logprobs": told_of((behaviour.prompt_reader or sent_tokens)(asked))}

    def _check(self, asked: Json) -> None:
        if self._state.behaviour.prompt_logprobs == "refused" and "prompt_logprobs" in asked:
            raise bad_request("Extra inputs are not permitted: prompt_logprobs.")
        base = ready_base(self._state, asked["model"])
        if base.kind == "completion":
            raise not_found(
                "This is not a chat model and thus not supported in the v1/chat/completions "
                "endpoint. Did you mean to use v1/completions?",
                param="model",
            )
        if base.kind == "reasoning" and asked.get("max_tokens") is not None:
            raise bad_request(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead.",
                param="max_tokens",
                code="unsupported_parameter",
            )
        if base.kind == "reasoning":
            _check_reasoning(asked)
        alternatives_wanted = asked.get("top_logprobs")
        if alternatives_wanted is not None and not asked.get("logprobs"):
            raise bad_request("'top_logprobs' needs 'logprobs' to be true.", param="top_logprobs")
        if not 0 <= (alternatives_wanted or 0) <= _MOST_ALTERNATIVES:
            raise bad_request("'top_logprobs' must be from 0 to 20.", param="top_logprobs")


def _check_reasoning(asked: Json) -> None:
    temperature = asked.get("temperature")
    if temperature not in (None, 1):
        raise bad_request(
            f"Unsupported value: 'temperature' does not support {temperature} with this model. "
            "Only the default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        )
    if asked.get("logprobs"):
        raise ApiError(403, "You are not allowed to request logprobs from this model")


def _text_of(message: Json) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content)
    return content or ""


def _choice(asked: Json, index: int, answer: Answer) -> Json:
    message: Json = {
        "role": "assistant",
        "content": answer.text,
        "refusal": None,
        "annotations": [],
    }
    if answer.tool_calls:
        message["tool_calls"] = answer.tool_calls
    tokens = answer.tokens
    return {
        "index": index,
        "message": message,
        "logprobs": _logprobs(asked, tokens, range(len(tokens))),
        "finish_reason": answer.finish_reason,
    }


def _logprobs(asked: Json, tokens: list[str], places: range) -> Json | None:
    if not asked.get("logprobs"):
        return None
    model, count = asked["model"], asked.get("top_logprobs") or 0
    content = [
        _token(tokens[place], logprob(model, tokens, place))
        | {
            "top_logprobs": [
                _token(token, value) for token, value in alternatives(model, tokens, place, count)
            ]
        }
        for place in places
    ]
    return {"content": content, "refusal": None}


def _token(token: str, value: float) -> Json:
    return {"token": token, "logprob": value, "bytes": list(token.encode())}


def _chunks(asked: Json, answers: list[Answer], common: Json, cost: Json) -> Iterator[Json]:
    """Yield the chunks of a stream: a role, then a token each, then the end, then the cost."""
    wants_usage = (asked.get("stream_options") or {}).get("include_usage")
    common = common | ({"usage": None} if wants_usage else {})
    for index, answer in enumerate(answers):
        for delta, logprobs, reason in _deltas(asked, answer):
            choice = {
                "index": index,
                "delta": delta,
                "logprobs": logprobs,
                "finish_reason": reason,
            }
            yield common | {"choices": [choice]}
    if wants_usage:
        yield common | {"choices": [], "usage": cost}


def _deltas(asked: Json, answer: Answer) -> Iterator[tuple[Json, Json | None, str | None]]:
    opening: dict[str, Any] = {"role": "assistant", "content": "", "refusal": None}
    yield opening | ({"content": None} if answer.text is None else {}), None, None
    tokens = answer.tokens
    for place, token in enumerate(tokens):
        yield {"content": token}, _logprobs(asked, tokens, range(place, place + 1)), None
    for number, call in enumerate(answer.tool_calls):
        for part in _call_parts(call):
            yield {"tool_calls": [{"index": number} | part]}, None, None
    yield {}, None, answer.finish_reason


def _call_parts(call: Json) -> Iterator[Json]:
    """Yield a tool call as it comes in a stream: its name, then its arguments in two halves."""
    function = call["function"]
    yield call | {"function": {"name": function["name"], "arguments": ""}}
    arguments = function["arguments"]
    middle = len(arguments) // 2
    for part in (arguments[:middle], arguments[middle:]):
        yield {"function": {"arguments": part}}
