from __future__ import annotations

import pytest

from tests.tui.conftest import Drive, StillLab

TITLES = {"Overview", "Curves", "Metrics", "Events", "Log"}


@pytest.mark.parametrize("size", [(80, 24), (50, 20)])
async def test_where_there_is_room_every_tab_has_its_title(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        await ui.press("enter", "3")
        await ui.until_shown(" 1 Overview  2 Curves  3 Metrics  4 Events  5 Log")


async def test_where_there_is_none_all_but_the_open_one_are_numbers(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (40, 12)) as ui:
        await ui.press("enter", "5")
        await ui.until_shown(" 1   2   3   4   5 Log")
        await ui.press("2")
        await ui.until_shown(" 1   2 Curves  3   4   5 ")
        lines = [line.strip() for line in ui.screen_text().splitlines()]
        await ui.until_shown("Too little room for a chart: make the", "window larger.")
        assert not any("…" in line for line in lines if line.startswith("1 "))
