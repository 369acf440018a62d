"""One process at a time deletes a thing."""

from __future__ import annotations

import asyncio

import pytest

from engine.deleting.turns import turn
from engine.errors import LabError
from engine.lab import Lab
from store.leases import Lease


async def test_the_second_waits_for_the_first(lab: Lab) -> None:
    order: list[str] = []
    began = asyncio.Event()

    async def first() -> None:
        async with turn(lab, "file/openai/f"):
            began.set()
            await asyncio.sleep(0.5)
            order.append("first")

    async def second() -> None:
        await began.wait()
        async with turn(lab, "file/openai/f"):
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]


async def test_other_things_are_not_waited_for(lab: Lab) -> None:
    async with turn(lab, "file/openai/f"), turn(lab, "file/openai/g", patience=0):
        pass


async def test_a_turn_lasts_as_long_as_its_block(lab: Lab) -> None:
    async with turn(lab, "file/openai/f", lease_seconds=0.6):
        await asyncio.sleep(1.5)
        assert not Lease(lab.database, "deletion:file/openai/f", "another").acquire()


async def test_one_who_does_not_come_to_an_end_is_named(lab: Lab) -> None:
    Lease(lab.database, "deletion:file/openai/f", "cli:ada@lovelace").acquire()
    with pytest.raises(LabError, match="cli:ada@lovelace is deleting openai/f"):
        async with turn(lab, "file/openai/f", patience=0.3):
            pass
