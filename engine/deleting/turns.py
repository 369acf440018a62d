"""One process at a time deletes a thing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from engine.errors import LabError
from store.leases import Lease

if TYPE_CHECKING:
    from engine.lab import Lab

_LEASE_SECONDS = 10.0
_PATIENCE = 30.0
_LOOK_SECONDS = 0.2


@asynccontextmanager
async def turn(
    lab: Lab, stream: str, *, lease_seconds: float = _LEASE_SECONDS, patience: float = _PATIENCE
) -> AsyncIterator[None]:
    """Be the only one who deletes a thing for as long as the block takes.

    Another process is waited for; one that was killed holds its turn until the lease has lapsed.

    Args:
        lab: where the thing is recorded.
        stream: its stream.
        lease_seconds: how long a turn lasts without being renewed.
        patience: seconds to wait for another process.

    Raises:
        LabError: if another process does not come to an end.
    """
    lease = Lease(lab.database, f"deletion:{stream}", lab.actor, seconds=lease_seconds)
    deadline = time.monotonic() + patience
    while not lease.acquire():
        if time.monotonic() > deadline:
            raise LabError(
                f"{lease.holder() or 'another process'} is deleting {stream.partition('/')[2]}: "
                "look again in a moment"
            )
        await asyncio.sleep(_LOOK_SECONDS)
    renewing = asyncio.create_task(_renew(lease, lease_seconds / 6))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        lease.release()


async def _renew(lease: Lease, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        lease.acquire()
