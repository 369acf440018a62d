"""The money of one or several recordings that are made at the same time."""

from __future__ import annotations

import asyncio


class Purse:
    """What may be spent, what was, and what is set aside for answers that are under way.

    Recordings that share one are held together within its limit. It belongs to one event loop.

    Args:
        limit: US dollars; None for no limit.

    Attributes:
        limit: the same.
        spent: US dollars so far, as far as prices are known.
    """

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self.spent = 0.0
        self._set_aside = 0.0
        self._under_way = 0
        self._changed = asyncio.Condition()

    async def take(self, at_most: float) -> bool:
        """Set aside what a question may cost, once that much is there; tell whether it ever is.

        False means that nobody who might leave some of it is at work any more.
        """
        async with self._changed:
            while not self._has(at_most):
                if not self._under_way:
                    return False
                await self._changed.wait()
            self._set_aside += at_most
            self._under_way += 1
            return True

    async def put_back(self, at_most: float) -> None:
        """Let go of what was set aside for a question that is answered, or never will be."""
        async with self._changed:
            self._set_aside -= at_most
            self._under_way -= 1
            self._changed.notify_all()

    def pay(self, cost: float) -> None:
        """Count what an answer cost."""
        self.spent += cost

    def _has(self, needed: float) -> bool:
        return self.limit is None or self.spent + self._set_aside + needed <= self.limit
