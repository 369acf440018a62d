"""A hosted service, asked at a measured pace: what may be repeated is, what may not never is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from engine.errors import ProviderError
from engine.providers.hosted.clients import open_client
from engine.providers.hosted.failures import told
from engine.providers.hosted.pace import Pace

if TYPE_CHECKING:
    import openai

    from engine.keys import Key
    from engine.profiles import Profile

Answer = TypeVar("Answer")

_TRIES = 6
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0


class Service:
    """One profile's service. Use it in `async with`.

    Args:
        profile: where it is.
        key: its key.
        pace: how often it may be asked; shared by all who ask the same service.
        patience: seconds that a question waits at most, all its repetitions together, before its
            trouble is told.
        timeout: seconds without a byte of answer after which a request is given up.
    """

    def __init__(
        self,
        profile: Profile,
        key: Key,
        pace: Pace | None = None,
        *,
        patience: float = 20.0,
        timeout: float = 60.0,
    ) -> None:
        self.profile = profile
        self.pace = pace or Pace()
        self._key = key
        self._patience = patience
        self._client = open_client(profile, key, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.close()

    async def read(self, ask: Callable[[openai.AsyncOpenAI], Awaitable[Answer]]) -> Answer:
        """Ask what changes nothing, again and again until it is answered or patience is at its end.

        Raises:
            ProviderError: if it is refused, or cannot be answered now.
        """
        waited = 0.0
        for attempt in range(1, _TRIES + 1):
            try:
                return await self.act(ask)
            except ProviderError as error:
                wait = _wait(error, attempt)
                waited += wait
                if not error.retriable or attempt == _TRIES or waited > self._patience:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError

    async def act(self, ask: Callable[[openai.AsyncOpenAI], Awaitable[Answer]]) -> Answer:
        """Ask once, for what must not be done twice.

        Raises:
            ProviderError: if it is refused, or it is not known what became of it.
        """
        await self.pace.turn()
        try:
            with told(self.profile, self._key):
                answer = await ask(self._client)
        except ProviderError as error:
            if error.kind == "rate_limit":
                self.pace.slow_down(error.retry_after)
            raise
        self.pace.speed_up()
        return answer


def _wait(error: ProviderError, attempt: int) -> float:
    """Return the seconds until the next try: what the service asks for, else twice as long each."""
    if error.retry_after is not None:
        return error.retry_after
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
    return random.uniform(longest / 2, longest)  # noqa: S311 - not to hide anything
