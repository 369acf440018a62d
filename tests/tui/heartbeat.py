"""How long the loop that paints and listens was held up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

_BEAT_SECONDS = 0.005

STALLED_SECONDS = 20.0
"""Longer than any pause of a busy machine that runs tests on all cores; a person would notice."""


class Heartbeat:
    """Measures the longest time between two beats.

    Attributes:
        longest: in seconds.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        before = monotonic()
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            now = monotonic()
            self.longest = max(self.longest, now - before)
            before = now


@asynccontextmanager
async def no_stall() -> AsyncIterator[Heartbeat]:
    """Check that the loop is never held up for long while the block runs."""
    heart = Heartbeat()
    beating = asyncio.create_task(heart.beat())
    try:
        yield heart
    finally:
        beating.cancel()
    assert heart.longest < STALLED_SECONDS, f"the screen stood still for {heart.longest:.1f} s"
