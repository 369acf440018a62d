from __future__ import annotations

import asyncio

import pytest

from engine.providers.hosted.pace import Pace


def test_requests_are_spaced_out() -> None:
    now = 100.0
    pace = Pace(10, lambda: now)
    starts = []

    async def ask() -> None:
        nonlocal now
        for _ in range(3):
            await pace.turn()
            starts.append(pace.open_at)
            now = pace.open_at

    asyncio.run(ask())
    assert starts == pytest.approx([100.1, 100.2, 100.3], abs=0.02)


def test_a_complaint_halves_the_rate_and_answers_bring_it_back() -> None:
    pace = Pace(8)
    pace.slow_down(None)
    pace.slow_down(None)
    assert pace.rate == 2
    for _ in range(200):
        pace.speed_up()
    assert pace.rate == 8


def test_nothing_is_sent_while_the_service_asks_to_wait() -> None:
    pace = Pace(10, lambda: 50.0)
    pace.slow_down(30)
    assert pace.open_at == 80
    assert pace.held == 30


def test_it_never_stops_altogether() -> None:
    pace = Pace(8)
    for _ in range(50):
        pace.slow_down(None)
    assert pace.rate > 0
