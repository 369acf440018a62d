"""Opening what answers: a model's service, or a server for a model of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from engine.chatting.local import LocalModels
from engine.chatting.targets import HostedTarget
from engine.errors import ProviderError

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.recording.plan import RecordingPlan

_PATIENCE = 600.0

_PACE_HERE = 10_000.0
"""Requests a second: what is asked of this machine need not be spaced out, and comes in batches."""


@asynccontextmanager
async def open_service(lab: Lab, plan: RecordingPlan) -> AsyncIterator[Service]:
    """Open what is asked.

    Raises:
        LabError: if a model of this machine cannot be started.
    """
    from engine.keys import Key
    from engine.profiles import Profile
    from engine.providers.hosted.pace import Pace
    from engine.providers.hosted.service import Service

    target = plan.target
    if isinstance(target, HostedTarget):
        async with lab.hosted(target.profile.name).open(patience=_PATIENCE) as service:
            yield service
        return
    with LocalModels() as models:
        models.add(target.served)
        await asyncio.to_thread(models.start)
        here = Profile(name="this machine", kind="compatible", base_url=models.base_url)
        key = Key(models.key, "the model server")
        pace = Pace(_PACE_HERE)
        async with Service(here, key, pace, patience=_PATIENCE, timeout=_PATIENCE) as service:
            if plan.missing:
                await _load(service, plan.remote_id)
            yield service


async def _load(service: Service, model: str) -> None:
    """Have a model loaded, so that the time that takes is not counted as its first answers'.

    What goes wrong will for the first question, too, of which it is told.
    """
    with suppress(ProviderError):
        await service.read(
            lambda client: client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "."}], max_tokens=1
            )
        )
