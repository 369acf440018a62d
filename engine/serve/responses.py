"""The JSON of models, chat completions and likelihoods, as the OpenAI API shapes such things."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from engine.serve.events import DrawnToken, Finished, LikelyToken, Piece, Weighed
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

    def __init__(self, model: str, *, tells_logprobs: bool) -> None:
        """Write a completion of `model`, with log probabilities if it `tells_logprobs`."""
        self._tells_logprobs = tells_logprobs
        self._head: Json = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": model,
        }

    def whole(self, pieces: Sequence[Piece], prompt_tokens: int, end: Finished) -> Json:
        """Return the completion in one piece."""
        text = "".join(piece.text for piece in pieces)
        tokens = [token for piece in pieces for token in piece.tokens]
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": self._logprobs(tokens),
            "finish_reason": end.reason,
        }
        usage = usage_json(prompt_tokens, end.completion_tokens)
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": usage}

    def beginning(self) -> Json:
        """Return the chunk with which a streamed completion begins."""
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, piece: Piece) -> Json:
        """Return the chunk of a streamed completion that tells of a piece."""
        return self._chunk({"content": piece.text}, logprobs=self._logprobs(piece.tokens))

    def ending(self, end: Finished) -> Json:
        """Return the chunk that says why a streamed completion ends."""
        return self._chunk({}, finish_reason=end.reason)

    def usage_chunk(self, prompt_tokens: int, completion_tokens: int) -> Json:
        """Return the last chunk of a stream that was asked to tell its usage."""
        usage = usage_json(prompt_tokens, completion_tokens)
        return {**self._head, "object": "chat.completion.chunk", "choices": [], "usage": usage}

    def _chunk(
        self, delta: Json, *, logprobs: Json | None = None, finish_reason: str | None = None
    ) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return {**self._head, "object": "chat.completion.chunk", "choices": [choice]}

    def _logprobs(self, tokens: Iterable[DrawnToken]) -> Json | None:
        if not self._tells_logprobs:
            return None
        return {"content": [_drawn_json(token) for token in tokens], "refusal": None}


def _drawn_json(token: DrawnToken) -> Json:
    likeliest = [_token_json(likely) for likely in token.likeliest]
    return {**_token_json(token.drawn), "top_logprobs": likeliest}


def _token_json(token: LikelyToken) -> Json:
    content = None if token.content is None else list(token.content)
    return {"token": token.text, "logprob": token.logprob, "bytes": content}


def usage_json(prompt_tokens: int, completion_tokens: int) -> Json:
    """Return the token counts of a completion."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def likelihood_json(model: str, weighed: Weighed) -> Json:
    """Return how likely `model` holds an answer."""
    tokens = [
        {"token": token.text, "logprob": token.logprob, "likeliest": token.is_likeliest}
        for token in weighed.tokens
    ]
    usage = {"prompt_tokens": weighed.prompt_tokens, "reference_tokens": len(tokens)}
    return {"object": "likelihood", "model": model, "tokens": tokens, "usage": usage}
