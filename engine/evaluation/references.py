"""Asking a model of this machine how likely it holds the answers that are hoped for.

Services are asked otherwise: see `engine.evaluation.hosted_references`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from engine.evaluation.likelihoods import Ledger, ReadToken
from engine.suites.prompts import Prompt, text_of

if TYPE_CHECKING:
    import openai

    from engine.providers.hosted.service import Service

_PATH = "/likelihood"
_AT_ONCE = 32
"""Under way at the same time: the model server puts them into batches."""

Progress = Callable[[int, int], None]
"""Told of how many of all are done."""


async def read_references(
    ledger: Ledger, service: Service, model: str, prompts: Sequence[Prompt], progress: Progress
) -> None:
    """Record how likely a model holds each reference, token by token.

    Args:
        ledger: where that is recorded.
        service: the model server of this machine, opened.
        model: its name at the server.
        prompts: whose references are read.
        progress: told how far it has come.

    Raises:
        ProviderError: if the server does not answer; a reference that it refuses, because it is
            longer than what the model reads, is left out.
    """
    # Those of one length go together: little is padded then.
    waiting = sorted(prompts, key=_size)
    done = 0

    async def keep_asking() -> None:
        nonlocal done
        while waiting:
            prompt = waiting.pop()
            told = await _asked(service, model, prompt)
            if told is not None:
                ledger.record(prompt, [_token(each) for each in told["tokens"]])
            done += 1
            progress(done, len(prompts))

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(_AT_ONCE, len(waiting))):
                tasks.create_task(keep_asking())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _size(prompt: Prompt) -> int:
    return sum(len(text_of(message)) for message in (*prompt.messages, prompt.reference or {}))


async def _asked(service: Service, model: str, prompt: Prompt) -> dict[str, Any] | None:
    from engine.errors import ProviderError

    body: Any = {
        "model": model,
        "messages": list(prompt.messages),
        "reference": text_of(prompt.reference),
    }

    async def send(client: openai.AsyncOpenAI) -> object:
        return await client.post(_PATH, cast_to=object, body=body)

    try:
        found = await service.read(send)
    except ProviderError as failure:
        if failure.kind == "bad_request":
            return None
        raise
    return cast("dict[str, Any]", found)


def _token(told: dict[str, Any]) -> ReadToken:
    return ReadToken(told["token"], told["logprob"], told["likeliest"])
