"""How likely models hold what they are sent: the `prompt_logprobs` of vLLM, which OpenAI lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.standin.answers import logprob, tokens_of
from tests.standin.calls import Json

FIELDS = ("prompt_logprobs", "add_generation_prompt", "continue_final_message")
"""What such services take beside the fields that OpenAI has published."""

Telling = Literal["told", "left out", "refused"]
"""What a service makes of the wish; OpenAI's own holds it for a mistake of the client's."""


@dataclass(frozen=True)
class SentToken:
    """A token of what a model is sent.

    Attributes:
        id: its number in the vocabulary.
        text: the token, as text.
        logprob: the natural logarithm of its probability.
        rank: 1 if none was likelier.
    """

    id: int
    text: str
    logprob: float
    rank: int


PromptReader = Callable[[Json], list[SentToken]]


def sent_tokens(asked: Json) -> list[SentToken]:
    """Return the tokens of a request's messages, in a template like ChatML, the same every time."""
    texts: list[str] = []
    for message in asked["messages"]:
        content = str(message.get("content") or "")
        texts += ["<|im_start|>", message["role"], "\n", *tokens_of(content), "<|im_end|>", "\n"]
    if asked.get("add_generation_prompt", True):
        texts += ["<|im_start|>", "assistant", "\n"]
    found = (logprob(asked["model"], texts, place) for place in range(len(texts)))
    return [
        SentToken(_number(text), text, value, 1 if value > -1 else 2)
        for text, value in zip(texts, found, strict=True)
    ]


def told_of(tokens: list[SentToken]) -> list[Json | None]:
    """Return tokens as an answer tells of them: nothing of the first, which nothing foretells."""
    return [
        None,
        *(
            {
                str(token.id): {
                    "logprob": token.logprob,
                    "rank": token.rank,
                    "decoded_token": token.text,
                }
            }
            for token in tokens[1:]
        ),
    ]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=3).digest())
