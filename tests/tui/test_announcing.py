from __future__ import annotations

from store.events import JobSucceeded
from tests.tui.conftest import Drive, StillLab, Story
from tui.announcing import desktop_notification


async def test_an_end_is_told_once_to_somebody_who_looks_elsewhere(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.press("G")
        story.tell("job_5", JobSucceeded(step=60))
        await ui.until(lambda: ui.told == ["gsm8k-5 succeeded, loss 1.211"])
        story.tell("job_1", JobSucceeded(step=60))
        await ui.until_shown("✓ gsm8k-5")
        assert ui.told == ["gsm8k-5 succeeded, loss 1.211"]


async def test_what_a_panel_says_is_copied_through_the_terminal(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("4")
        await ui.until_shown("checkpoint saved at step 30")
        await ui.press("Y")
        assert "checkpoint saved at step 30" in ui.app.clipboard
        assert ui.told[0].startswith("copied ")


def test_a_name_cannot_write_to_the_terminal() -> None:
    told = desktop_notification("ftlab", "a\x07b\x1b]0;x\x07;c")
    assert told.count("\x1b") == 2
    assert told.count("\x07") == 2
    assert told.endswith("777;notify;ftlab;a\ufffdb,c\x07")
