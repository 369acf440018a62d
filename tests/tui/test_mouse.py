from __future__ import annotations

import pytest
from textual.events import MouseScrollDown

from tests.tui.conftest import Drive, StillLab, Story
from tui.screens.event import EventView
from tui.screens.help import Help
from tui.widgets.key_line import KeyLine
from tui.widgets.search_line import SearchLine
from tui.widgets.tab_strip import TabStrip


async def test_a_click_selects_a_row_and_two_open_it(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.pilot.click("#job-rows", offset=(5, 2))
        await ui.until(lambda: ui.rows.cursor == 2)
        assert not ui.jobs.has_class("zoomed")
        await ui.pilot.click("#job-rows", offset=(5, 3), times=2)
        await ui.until(lambda: ui.jobs.has_class("zoomed"))
        assert ui.selected == "gsm8k-2"


async def test_two_clicks_open_an_event(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("H")
        await ui.until_shown("JobPlanned")
        await ui.pilot.click("#event-rows", offset=(5, 1), times=2)
        await ui.until(lambda: isinstance(ui.app.screen, EventView))


async def test_a_click_below_the_last_row_selects_nothing(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.pilot.click("#job-rows", offset=(5, 9), times=2)
        await ui.pilot.pause()
        assert ui.rows.cursor == 0
        assert not ui.jobs.has_class("zoomed")


async def test_the_wheel_scrolls_a_list_and_leaves_the_cursor_on_its_row(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    for number in range(60):
        story.at(100).job(f"m{number}", name=f"many-{number}")
    async with drive(lab, (80, 24)) as ui:
        await ui.until(lambda: ui.rows.row_count == 65)
        selected = ui.selected
        for _ in range(4):
            await ui.pilot._post_mouse_events(
                [MouseScrollDown], "#job-rows", offset=(5, 2), button=0
            )
        await ui.until(lambda: ui.rows.scroll_offset.y > 3)
        assert ui.selected == selected
        await ui.press("j")
        await ui.until(lambda: ui.rows.scroll_offset.y <= ui.rows.cursor)


async def test_a_click_on_a_tab_opens_its_panel(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        strip = ui.jobs.query_one(TabStrip)
        for spot, panel in zip(strip.spots(), ("overview", "curves", "metrics"), strict=False):
            await ui.pilot.click("#tabs", offset=(spot.at.x + 3, 0))
            await ui.until(lambda panel=panel: ui.panel.opened == panel)  # type: ignore[misc]


async def test_a_click_on_the_search_mark_leads_into_the_line(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("slash", *"gsm8k", "enter")
        await ui.until(lambda: ui.app.focused is ui.rows)
        await ui.pilot.click("#search-mark")
        line = ui.jobs.query_one(SearchLine)
        await ui.until(lambda: line.has_focus_within)


async def test_a_click_on_the_line_of_keys_presses_them(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        keys = ui.jobs.query_one(KeyLine)
        shown = "".join(text for text, _ in keys._lines[0])
        await ui.pilot.click("#keys", offset=(shown.index("help"), 0))
        await ui.until(lambda: isinstance(ui.app.screen, Help))


@pytest.mark.parametrize("place", [(0, 0), (119, 35), (60, 18)])
async def test_a_click_anywhere_does_no_harm(
    lab: StillLab, drive: Drive, place: tuple[int, int]
) -> None:
    async with drive(lab) as ui:
        await ui.pilot.click(offset=place, times=3)
        await ui.press("j")
