"""A hosted service, asked at a measured pace: what may be repeated is, what may not never is."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from engine.errors import ProviderError
from engine.providers.hosted.clients import open_client
from engine.providers.hosted.failures import told
from engine.providers.hosted.pace import Pace

if TYPE_CHECKING:
    import openai

    from engine.keys import Key
    from engine.profiles import Profile

Answer = TypeVar("Answer")

_BUSY: Final = "rate_limit"
_LEAST_KEY = 16
"""Characters of a key that is one: a shorter word, as servers at home have, occurs in answers."""

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

    def without_key(self, content: bytes) -> bytes:
        """Return an answer without the key: some servers repeat the headers of a request."""
        key = self._key.reveal().encode()
        return content.replace(key, b"[key]") if len(key) >= _LEAST_KEY else content

    async def read(self, ask: Callable[[openai.AsyncOpenAI], Awaitable[Answer]]) -> Answer:
        """Ask what changes nothing, again and again until it is answered or patience is at its end.

        Raises:
            ProviderError: if it is refused, or cannot be answered now.
        """
        return await self._repeated(ask, lambda error: error.retriable)

    async def act(self, ask: Callable[[openai.AsyncOpenAI], Awaitable[Answer]]) -> Answer:
        """Ask once, for what must not be done twice.

        What was refused because too much is asked was not done: that alone is asked again.

        Raises:
            ProviderError: if it is refused, or it is not known what became of it.
        """
        return await self._repeated(ask, lambda error: error.kind == _BUSY and error.retriable)

    async def _repeated(
        self,
        ask: Callable[[openai.AsyncOpenAI], Awaitable[Answer]],
        may_repeat: Callable[[ProviderError], bool],
    ) -> Answer:
        end = time.monotonic() + self._patience
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._once(ask)
            except ProviderError as error:
                wait = _wait(error, attempt)
                late = time.monotonic() + wait > end
                if not may_repeat(error) or late or attempt == _TRIES:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError

    async def _once(self, ask: Callable[[openai.AsyncOpenAI], Awaitable[Answer]]) -> Answer:
        self._refuse_if_held()
        await self.pace.turn()
        try:
            with told(self.profile, self._key):
                answer = await ask(self._client)
        except ProviderError as error:
            if error.kind == _BUSY:
                self.pace.slow_down(error.retry_after)
            raise
        self.pace.speed_up()
        return answer

    def _refuse_if_held(self) -> None:
        """Tell at once that the service wants to be left alone for longer than anybody waits."""
        held = self.pace.held
        if held > self._patience:
            raise ProviderError(
                f"{self.profile.name} asks to be left alone for another {held:.0f} s",
                _BUSY,
                retriable=True,
                retry_after=held,
            )


def _wait(error: ProviderError, attempt: int) -> float:
    """Return the seconds until the next try: what the service asks for, else twice as long each."""
    if error.retry_after is not None:
        return error.retry_after
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
    return random.uniform(longest / 2, longest)  # noqa: S311 - not to hide anything
