"""Pictures of the log: its list, an event in full, the proof that it is whole, other times."""

from __future__ import annotations

import sqlite3

from syrupy.assertion import SnapshotAssertion

from store.events import JobSucceeded
from store.log import Entry
from store.queries.history import Filter, history
from store.verify import verify
from tests.tui.conftest import NOW, Drive, StillLab, Story
from tests.tui.screens.resized import EACH, NARROW, same_in_each_size
from tui.screens.event import EventView
from tui.screens.proof import Proof


async def test_the_log(snapshot: SnapshotAssertion, lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("H", "j", "j")
        await same_in_each_size(snapshot, ui, "CheckpointSaved", sizes=(*EACH, NARROW))


async def test_events_that_are_searched_for(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("H", "slash", *"type:failed", "enter")
        await same_in_each_size(snapshot, ui, "1 of ", "JobFailed")


async def test_an_event_in_full(snapshot: SnapshotAssertion, lab: StillLab, drive: Drive) -> None:
    [failed] = history(lab.database.reader, Filter("job/job_2", "JobFailed"))
    async with drive(lab) as ui:
        await ui.app.push_screen(EventView(lab, lambda: NOW, failed.seq))
        await same_in_each_size(snapshot, ui, "out of memory", sizes=(*EACH, NARROW))


async def test_an_event_that_led_to_another(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive, story: Story
) -> None:
    [planned] = history(lab.database.reader, Filter("job/job_5", "JobPlanned"))
    story.at(0).log.append("job/job_5", Entry(JobSucceeded(step=60), cause=planned.seq))
    async with drive(lab) as ui:
        await ui.app.push_screen(EventView(lab, lambda: NOW, planned.seq))
        await same_in_each_size(snapshot, ui, "LED TO", "JobSucceeded")


async def test_a_history_that_is_whole(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    head = verify(lab.database).head
    async with drive(lab) as ui:
        await ui.app.push_screen(Proof(lab.database))
        await same_in_each_size(snapshot, ui, "whole", head)


async def test_a_history_that_somebody_has_changed(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    with sqlite3.connect(lab.places.database) as forger:
        forger.execute("DROP TRIGGER event_is_never_changed")
        forger.execute("UPDATE event SET actor = 'nobody' WHERE seq IN (7, 12)")
    forger.close()
    async with drive(lab) as ui:
        await ui.app.push_screen(Proof(lab.database))
        await same_in_each_size(snapshot, ui, "findings", "event 7", "event 12")


async def test_the_slider_at_the_present(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("B")
        await same_in_each_size(snapshot, ui, "now of ", "checkpoint saved at step 30", "━ loss")


async def test_the_slider_in_the_past(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    [cut] = history(lab.database.reader, Filter("job/job_3", "JobInterrupted"))
    async with drive(lab) as ui:
        await ui.press("B")
        await ui.until_shown("now of ")
        ui.app.go_back_to(cut.seq, sliding=True)
        await ui.until(lambda: ui.app.as_of is not None)
        ui.jobs.time_bar.focus()
        await same_in_each_size(snapshot, ui, f"event {cut.seq} of", "PAST", "━ loss")
