"""The JSON of models and chat completions, as the OpenAI API shapes it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from typing import Any

from engine.serve.events import Finished
from engine.serve.settings import ServedModel

Json = dict[str, Any]


def model_json(served: ServedModel, created: int) -> Json:
    """Return one entry of the model list; `created` in seconds since 1970."""
    return {"id": served.id, "object": "model", "created": created, "owned_by": "ftlab"}


def model_list_json(models: Iterable[ServedModel], created: int) -> Json:
    """Return the model list."""
    return {"object": "list", "data": [model_json(served, created) for served in models]}


class CompletionJson:
    """Writes one completion, whole or in chunks that share its id."""

    def __init__(self, model: str) -> None:
        self._head: Json = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": model,
        }

    def whole(self, text: str, prompt_tokens: int, end: Finished) -> Json:
        """Return the completion in one piece."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": end.reason,
        }
        usage = usage_json(prompt_tokens, end.completion_tokens)
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": usage}

    def chunk(self, delta: Json, finish_reason: str | None = None) -> Json:
        """Return one chunk of a streamed completion."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}

    def usage_chunk(self, prompt_tokens: int, completion_tokens: int) -> Json:
        """Return the last chunk of a stream that was asked to tell its usage."""
        usage = usage_json(prompt_tokens, completion_tokens)
        return {**self._head, "object": "chat.completion.chunk", "choices": [], "usage": usage}


def usage_json(prompt_tokens: int, completion_tokens: int) -> Json:
    """Return the token counts of a completion."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }
