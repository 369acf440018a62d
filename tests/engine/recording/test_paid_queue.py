"""What waits to be asked is given out as far as money goes."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import LimitError
from engine.recording.paid_queue import PaidQueue, keep_asking
from engine.recording.purse import Purse


def queue_of(*prices: float, limit: float | None = None) -> PaidQueue[float]:
    return PaidQueue(prices, Purse(limit), lambda price: price, lambda left: f"{left} are left")


async def test_all_are_given_out_in_their_order() -> None:
    queue = queue_of(3.0, 1.0, 2.0)
    assert [await queue.take(lambda: False) for _ in range(4)] == [3.0, 1.0, 2.0, None]


async def test_what_cannot_be_paid_for_is_told_with_what_is_left() -> None:
    queue = queue_of(1.0, 5.0, 1.0, limit=2.0)
    first = await queue.take(lambda: False)
    assert first == 1.0
    await queue.put_back(first)
    with pytest.raises(LimitError, match=r"^\$0\.00 of \$2\.00 are spent, and 2 are left$"):
        await queue.take(lambda: False)


async def test_one_that_waited_for_money_is_left_where_it_has_ended_meanwhile() -> None:
    queue, ended = queue_of(2.0, 1.0, limit=2.0), asyncio.Event()
    first = await queue.take(ended.is_set)
    assert first is not None
    waiting = asyncio.create_task(queue.take(ended.is_set))
    await asyncio.sleep(0)
    ended.set()
    await queue.put_back(first)
    assert await waiting is None
    assert await queue.take(lambda: False) == 1.0


async def test_the_first_error_ends_all_and_is_raised_as_it_is() -> None:
    asked = 0

    async def ask_next() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise OSError("the disk is full")
        await asyncio.sleep(0)
        return True

    with pytest.raises(OSError, match="the disk is full"):
        await keep_asking(ask_next, 2)
    assert asked < 6
