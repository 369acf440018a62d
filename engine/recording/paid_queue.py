"""What waits to be asked of a service, in order, as far as money goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from engine.errors import LimitError
from engine.money import dollars

if TYPE_CHECKING:
    from engine.pricing.inference import Rates
    from engine.recording.purse import Purse
    from engine.recording.replies import Reply

Item = TypeVar("Item")


class PaidQueue(Generic[Item]):
    """Gives out what can be paid for, whatever comes of all that is under way.

    Args:
        waiting: what is to be asked, the first one first.
        purse: what is spent of.
        at_most: what one may cost, in US dollars.
        told: how a limit is explained, by how many of them are left.
    """

    def __init__(
        self,
        waiting: Iterable[Item],
        purse: Purse,
        at_most: Callable[[Item], float],
        told: Callable[[int], str],
    ) -> None:
        self._waiting = list(waiting)[::-1]
        self._purse = purse
        self._at_most = at_most
        self._told = told

    async def take(self, is_over: Callable[[], bool]) -> Item | None:
        """Return the next one, its price set aside; None where there is none, or it is over.

        Raises:
            LimitError: if the next one may cost more than what is left.
        """
        if is_over() or not self._waiting:
            return None
        item = self._waiting.pop()
        if not await self._purse.take(self._at_most(item)):
            self._waiting.append(item)
            raise self._too_dear()
        # It may have ended while the money was waited for.
        if is_over():
            self._waiting.append(item)
            await self.put_back(item)
            return None
        return item

    async def put_back(self, item: Item) -> None:
        """Let go of what was set aside for one that was asked, or never will be."""
        await self._purse.put_back(self._at_most(item))

    def _too_dear(self) -> LimitError:
        spent, limit = dollars(self._purse.spent), dollars(self._purse.limit or 0)
        return LimitError(f"{spent} of {limit} are spent, and {self._told(len(self._waiting))}")


async def keep_asking(ask_next: Callable[[], Awaitable[bool]], at_once: int) -> None:
    """Ask until there is nothing left to ask, so many at the same time.

    Args:
        ask_next: asks one, and tells whether there was one.
        at_once: how many are under way at a time.

    Raises:
        Exception: the first one that asking raised; the others are cancelled.
    """

    async def ask_all() -> None:
        while await ask_next():
            pass

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(ask_all())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


def cost_of(reply: Reply, rates: Rates | None) -> float | None:
    """Return what a reply cost in US dollars; None if a price or the tokens are not known."""
    asked, answered = reply.tokens("prompt_tokens"), reply.tokens("completion_tokens")
    if rates is None or asked is None or answered is None:
        return None
    cached = reply.tokens("prompt_tokens", "cached_tokens") or 0
    return rates.cost(asked, answered, min(cached, asked))
