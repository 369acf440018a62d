"""How often a service is asked: as fast as it likes, slower when it complains.

Additive increase, multiplicative decrease, as TCP adapts to a network (RFC 5681): rate limits are
not published for all endpoints, and other programs share them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_FASTEST = 25.0
_SLOWEST = 0.2
_GAIN = 0.5


class Pace:
    """Spaces out requests that may come from many tasks.

    Args:
        rate: requests a second at the start, which is also the most there ever are.
        clock: seconds that only go forward.
    """

    def __init__(self, rate: float = _FASTEST, clock: Callable[[], float] = time.monotonic) -> None:
        self._fastest = self._rate = rate
        self._clock = clock
        self._next = 0.0
        self._held_until = 0.0

    @property
    def rate(self) -> float:
        """Requests a second at present."""
        return self._rate

    @property
    def open_at(self) -> float:
        """When the next request may be sent, by the clock."""
        return self._next

    @property
    def held(self) -> float:
        """Seconds for which the service has asked to be left alone."""
        return max(0.0, self._held_until - self._clock())

    async def turn(self) -> None:
        """Wait until a request may be sent."""
        now = self._clock()
        start = max(now, self._next)
        self._next = start + 1 / self._rate
        if start > now:
            await asyncio.sleep(start - now)

    def slow_down(self, seconds: float | None) -> None:
        """Take a complaint: halve the rate, and hold everything for as long as was asked for."""
        self._rate = max(_SLOWEST, self._rate / 2)
        if seconds is not None:
            self._held_until = max(self._held_until, self._clock() + seconds)
            self._next = max(self._next, self._held_until)

    def speed_up(self) -> None:
        """Take an answer without a complaint."""
        self._rate = min(self._fastest, self._rate + _GAIN / self._rate)
