"""Screens as pictures, the cursor and the clock frozen.

After a change on purpose: `pytest --snapshot-update`, then look at the pictures.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import NOW, Driven, StillLab, settle
from tui.app import FtlabApp

NARROW, SMALL, WIDE, HUGE = (
    pytest.param(size, id=f"{size[0]}x{size[1]}")
    for size in ((50, 20), (80, 24), (120, 36), (200, 60))
)
SIZES = [SMALL, WIDE, HUGE]
Compare = Callable[..., bool]
Steps = Callable[[Driven], Awaitable[None]]


def same(snap_compare: Compare, lab: StillLab, size: tuple[int, int], steps: Steps) -> bool:
    """Tell whether a screen looks as its picture does, after some steps."""

    async def drive(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, FtlabApp)
        driven = Driven(app, pilot)
        await driven.until(lab.polled.is_set)
        await settle(pilot)
        await steps(driven)
        await pilot.pause()

    app = FtlabApp(lab, now=lambda: NOW)
    return snap_compare(app, terminal_size=size, run_before=drive)


async def rest(ui: Driven, *shown: str) -> None:
    """Wait until what must be there is, and nothing changes any more."""
    before = None
    while (now := ui.screen_text()) != before:
        before = now
        await settle(ui.pilot)
        await ui.until_shown(*shown)
