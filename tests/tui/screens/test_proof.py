"""Proving the history from the dashboard."""

from __future__ import annotations

import sqlite3

from store.verify import verify
from tests.tui.conftest import Drive, StillLab
from tui.screens.history import History


async def test_a_history_that_is_whole_is_said_to_be_so(lab: StillLab, drive: Drive) -> None:
    outcome = verify(lab.database)
    async with drive(lab, (80, 24)) as ui:
        await ui.press("H", "v")
        await ui.until_shown(f"✓ {outcome.events} events, whole", outcome.head)
        await ui.press("escape")
        assert isinstance(ui.app.screen, History)


async def test_what_was_changed_is_named(lab: StillLab, drive: Drive) -> None:
    with sqlite3.connect(lab.places.database) as forger:
        forger.execute("DROP TRIGGER event_is_never_changed")
        forger.execute("UPDATE event SET actor = 'nobody' WHERE seq = 7")
    forger.close()
    async with drive(lab, (80, 24)) as ui:
        await ui.press("H", "v")
        await ui.until_shown("finding", "✗", "event 7")
