"""Pictures of every screen as it shows `ftlab.db.example`, by the clock of its last event."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from engine.places import Places
from tests.tui.conftest import Driven, StillLab, settle
from tests.tui.screens.resized import same_in_each_size
from tui.app import FtlabApp

_EXAMPLE = Path(__file__).parents[3] / "ftlab.db.example"

SCREENS = {
    "jobs": (["down"], ["low-rank", "━ loss"]),
    "overview": (["1"], ["JOB", "TRAINING"]),
    "events": (["down", "4"], ["checkpoint saved"]),
    "compare": (["down", "space", "down", "space", "C"], ["2 compared", "METRICS"]),
    "datasets": (["D"], ["gsm8k/train", "made"]),
    "chats": (["L"], ["TURNS"]),
    "history": (["H"], ["EVENT"]),
    "verify": (["H", "v"], ["whole"]),
    "past": (["B", "home"], ["PAST", "as of event 1,"]),
}
"""By the name of a screen: the keys that lead to it, and what shows that it is there."""


@pytest.fixture
def example(home: Path) -> Iterator[StillLab]:
    shutil.copy(_EXAMPLE, home / "ftlab.db")
    with StillLab(Places(home, home / "ftlab.db")) as lab:
        yield lab


@pytest.fixture
def ended(example: StillLab) -> datetime:
    """The moment of the last event."""
    with closing(sqlite3.connect(example.places.database)) as connection:
        (last,) = connection.execute("SELECT max(at) FROM event").fetchone()
    return datetime.fromisoformat(last)


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen(
    snapshot: SnapshotAssertion, example: StillLab, ended: datetime, screen: str
) -> None:
    keys, shown = SCREENS[screen]
    app = FtlabApp(example, lambda: ended)
    async with app.run_test(size=(120, 36)) as pilot:
        ui = Driven(app, pilot)
        await ui.until(example.polled.is_set)
        for key in keys:
            await settle(pilot)
            await ui.press(key)
        await same_in_each_size(snapshot, ui, *shown)
