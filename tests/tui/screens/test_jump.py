from __future__ import annotations

import pytest
from textual.geometry import Offset

from tests.tui.conftest import Drive, Driven, StillLab
from tui.jumping import LETTERS, spots_of
from tui.screens.help import Help
from tui.screens.history import History
from tui.screens.jobs import Jobs
from tui.screens.jump import Jump


async def letter_over(ui: Driven, text: str) -> str:
    """Return the letter that stands where a text began before the letters were shown."""
    lines = ui.screen_text().splitlines()
    y = next(place for place, line in enumerate(lines) if text in line)
    x = lines[y].index(text)
    await ui.press("ctrl+o")
    await ui.until(lambda: isinstance(ui.app.screen, Jump))
    await ui.until(lambda: ui.screen_text().splitlines()[y][x + 1] in LETTERS)
    return ui.screen_text().splitlines()[y][x + 1]


async def test_a_letter_opens_a_tab(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press(await letter_over(ui, " 3 Metrics"))
        await ui.until(lambda: ui.panel.opened == "metrics")
        assert isinstance(ui.app.screen, Jobs)


async def test_a_letter_puts_the_focus_on_a_panel_and_back(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        assert ui.app.focused is ui.rows
        spots = spots_of(ui.app.screen)
        panel = next(spot for spot in spots if spot.at == ui.panel.view.region.offset)
        await ui.press("ctrl+o", LETTERS[spots.index(panel)])
        await ui.until(lambda: ui.app.focused is ui.panel.view)
        rows = next(spot for spot in spots if spot.at == ui.rows.region.offset)
        await ui.press("ctrl+o", LETTERS[spots.index(rows)])
        await ui.until(lambda: ui.app.focused is ui.rows)


async def test_a_letter_presses_a_key_of_the_line(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press(await letter_over(ui, " ? help"))
        await ui.until(lambda: isinstance(ui.app.screen, Help))


async def test_a_letter_puts_the_cursor_on_a_row_in_sight(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        assert ui.selected == "gsm8k-5"
        spots = spots_of(ui.app.screen)
        third = next(spot for spot in spots if spot.at == ui.rows.region.offset + Offset(0, 2))
        await ui.press("1", "tab", "ctrl+o", LETTERS[spots.index(third)])
        await ui.until(lambda: ui.selected == "gsm8k-3")
        assert ui.app.focused is ui.rows


async def test_rows_take_no_letter_from_what_is_no_row(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        await ui.press("H")
        await ui.until(lambda: isinstance(ui.app.screen, History))
        await ui.pilot.pause()
        spots = spots_of(ui.app.screen)
        assert len({spot.at.y for spot in spots if spot.is_row}) > 10
        assert spots[-1].at.y == 35


@pytest.mark.parametrize("keys", [("escape",), ("1", "escape")])
async def test_escape_leaves_everything_as_it_was(
    lab: StillLab, drive: Drive, keys: tuple[str, ...]
) -> None:
    async with drive(lab) as ui:
        opened = ui.panel.opened
        await ui.press("ctrl+o", *keys)
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        assert ui.panel.opened == opened
        assert ui.app.focused is ui.rows


@pytest.mark.parametrize("key", ["J", "H", "M", "D", "question_mark"])
@pytest.mark.parametrize("size", [(50, 20), (80, 24)])
async def test_every_screen_has_letters_in_its_own_places(
    lab: StillLab, drive: Drive, key: str, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        await ui.press(key)
        await ui.pilot.pause()
        screen = ui.app.screen
        spots = spots_of(screen)
        assert spots
        assert all(screen.region.contains_point(spot.at) for spot in spots)
        assert len({spot.at for spot in spots}) == len(spots)


async def test_from_a_line_that_is_written_in_it_leads_away(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("slash", *"gsm")
        spots = spots_of(ui.app.screen)
        rows = next(spot for spot in spots if spot.at == ui.rows.region.offset)
        await ui.press("ctrl+o", LETTERS[spots.index(rows)])
        await ui.until(lambda: ui.app.focused is ui.rows)


async def test_a_terminal_that_changes_its_size_takes_the_letters_away(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("H", "ctrl+o")
        await ui.until(lambda: isinstance(ui.app.screen, Jump))
        await ui.pilot.resize_terminal(100, 30)
        await ui.until(lambda: isinstance(ui.app.screen, History))
