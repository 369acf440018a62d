"""Deleting a thing at a hosted service, once; where no answer is heard, looking is what tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import ProviderError

if TYPE_CHECKING:
    import openai

    from engine.providers.hosted.service import Service

_TRIES = 2
"""How often a thing is deleted that is still there after an answer was lost."""
_WAITS = 5
"""How often a service may ask to be left alone for a while."""
_LONGEST_WAIT = 60.0
_USUAL_WAIT = 2.0

Ask = Callable[["openai.AsyncOpenAI"], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Thing:
    """A file or a model at a service.

    Attributes:
        name: what the service calls it.
        look: asks for it, which fails with 404 if it is gone.
        delete: deletes it.
    """

    name: str
    look: Ask
    delete: Ask


async def remove(service: Service, thing: Thing, *, asked_before: bool) -> str | None:
    """Delete a thing.

    Args:
        service: where it is.
        thing: what to delete.
        asked_before: whether it may have been deleted already by one who did not live to tell.

    Returns:
        None if it was deleted; if somebody else had done that, the service's words.

    Raises:
        ProviderError: if the service refuses, or does not do it; asking again later is no harm.
    """
    if asked_before and await _is_gone(service, thing):
        return None
    trouble: ProviderError | None = None
    for _ in range(_TRIES):
        try:
            answer = await _sent(service, thing)
        except ProviderError as error:
            if error.kind == "not_found":
                await _require_gone(service, thing)
                # Of an earlier request nobody knows whether it was this one that did it.
                return None if asked_before or trouble is not None else str(error)
            if error.refused:
                raise
            trouble = error
        else:
            if getattr(answer, "deleted", None) is True:
                return None
            said = f"{service.profile.name} did not say that {thing.name} is deleted"
            trouble = ProviderError(said, "unreadable", retriable=True)
        if await _is_gone(service, thing):
            return None
    raise ProviderError(
        f"{thing.name} is not deleted yet: {trouble}. The same command again goes on",
        trouble.kind if trouble else "unreadable",
        retriable=True,
    )


async def _sent(service: Service, thing: Thing) -> Any:  # noqa: ANN401 - the client's answer
    """Ask for the deletion; again only where the service did not even begin (429)."""
    for _ in range(_WAITS):
        try:
            return await service.act(thing.delete)
        except ProviderError as error:
            if error.kind != "rate_limit" or (error.retry_after or 0.0) > _LONGEST_WAIT:
                raise
            # Where it says for how long, the pace of the service holds the next request back.
            if error.retry_after is None:
                await asyncio.sleep(_USUAL_WAIT)
    return await service.act(thing.delete)


async def _is_gone(service: Service, thing: Thing) -> bool:
    try:
        await service.read(thing.look)
    except ProviderError as error:
        if error.kind == "not_found":
            return True
        raise ProviderError(
            f"whether {thing.name} is deleted is not known yet: {error}. The same command again "
            "goes on",
            error.kind,
            retriable=error.retriable,
            status=error.status,
            code=error.code,
        ) from error
    return False


async def _require_gone(service: Service, thing: Thing) -> None:
    """See that a thing of which a service says 404 is gone: some delete nothing at all.

    Raises:
        ProviderError: if it is still there.
    """
    if not await _is_gone(service, thing):
        raise ProviderError(
            f"{service.profile.name} has {thing.name} and does not delete it (404)",
            "bad_request",
            status=404,
        )
