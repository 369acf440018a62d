"""Databases in which nothing can be recorded: a disk that is read-only, a file that is gone."""

from __future__ import annotations

from tests.tui.conftest import Drive, StillLab


async def test_after_the_file_is_removed_nothing_is_done_any_more(
    lab: StillLab, drive: Drive
) -> None:
    head = lab.database.head()
    async with drive(lab) as ui:
        lab.database.path.unlink()
        await ui.until(lambda: any("was removed or replaced" in words for words in ui.told))
        await ui.press("g", "c")
        assert len([words for words in ui.told if "nothing done here would be kept" in words]) == 2
        assert len(ui.app.screen_stack) == 1
    assert lab.database.head() == head


async def test_a_database_that_can_only_be_read_refuses_before_anything_is_asked(
    lab: StillLab, drive: Drive
) -> None:
    lab.database.read_only = True
    lab.database.notice = "the file is read-only: nothing new will be recorded."
    async with drive(lab) as ui:
        assert "c cancel" not in ui.screen_text()
        await ui.press("g", "c")
        assert ui.told == [lab.database.notice]
        assert len(ui.app.screen_stack) == 1
