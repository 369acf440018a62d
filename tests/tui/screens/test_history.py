"""The log on the screen, and going back in it."""

from __future__ import annotations

from store.events import JobSucceeded
from store.log import Entry
from store.queries.history import Filter, history
from tests.tui.conftest import Drive, StillLab, Story
from tui.screens.event import EventView
from tui.screens.history import History
from tui.screens.jobs import Jobs


async def test_the_log_is_listed_the_newest_first_and_followed(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.press("H")
        await ui.until_shown("CheckpointSaved  checkpoint saved at step 30", "job/job_4")
        story.tell("job_5", JobSucceeded(step=60))
        await ui.until_shown("JobSucceeded")
        await ui.press("escape")
        assert isinstance(ui.app.screen, Jobs)


async def test_events_are_searched(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("H", "slash", *"type:failed")
        await ui.until_shown("1 of ", "out of memory")
        await ui.press("enter", "enter")
        assert isinstance(ui.app.screen, EventView)
        await ui.until_shown("JobFailed, schema", "job/job_2, version", "loss.backward()")
        await ui.press("escape", "escape")
        await ui.until_shown("ChatTurnRecorded")
        assert isinstance(ui.app.screen, History)


async def test_an_event_leads_to_its_cause_and_back(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    [planned] = history(lab.database.reader, Filter("job/job_5", "JobPlanned"))
    story.log.append("job/job_5", Entry(JobSucceeded(step=60), cause=planned.seq))
    async with drive(lab) as ui:
        await ui.press("H", "slash", *"type:succeeded stream:job_5", "enter")
        await ui.until_shown("1 of ")
        await ui.press("enter")
        await ui.until_shown("JobSucceeded, schema", f"cause       {planned.seq}")
        await ui.press("c")
        await ui.until_shown("JobPlanned, schema", "LED TO", "JobSucceeded")
        await ui.press("escape")
        await ui.until_shown("JobSucceeded, schema")


async def test_every_screen_shows_the_past_and_nothing_is_done_in_it(
    lab: StillLab, drive: Drive
) -> None:
    failed = history(lab.database.reader, Filter("job/job_2"))
    async with drive(lab) as ui:
        await ui.press("H", "slash", *f"seq={failed[-2].seq}", "enter")
        await ui.until_shown("1 of ")
        await ui.press("t")
        await ui.until_shown(f"PAST  as of event {failed[-2].seq}", "● gsm8k-2  running")
        await ui.press("c")
        await ui.until(lambda: "this is the past" in " ".join(ui.told))
        await ui.press("M")
        await ui.until_shown("gsm8k-1")
        await ui.press("escape", "escape")
        assert isinstance(ui.app.screen, History)
        await ui.press("escape", "escape")
        await ui.until_shown("✗ gsm8k-2", "gsm8k-5")
