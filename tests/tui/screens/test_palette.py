from __future__ import annotations

import sqlite3

import pytest
from textual import events

from tests.tui.conftest import Drive, StillLab
from tui.screens.datasets import Datasets
from tui.screens.history import History
from tui.screens.jobs import Jobs
from tui.screens.palette import Palette
from tui.widgets.search_line import SearchLine


async def test_a_command_is_found_by_typing_a_part_of_it(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p")
        await ui.until_shown("Go to", "history")
        await ui.press(*"log sc")
        await ui.until_shown("log scale", "Draw logarithms, or no longer")
        await ui.press("enter")
        await ui.until(lambda: ui.panel.curves.how.log)
        assert isinstance(ui.app.screen, Jobs)


async def test_it_leads_to_other_screens_from_any_screen(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", *"history", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, History))
        await ui.press("ctrl+p", *"go jobs", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


async def test_a_job_is_gone_to_by_its_name(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("H", "ctrl+p", *"gsm8k-2")
        await ui.until_shown("Job        gsm8k-2")
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs) and ui.selected == "gsm8k-2")


async def test_a_dataset_is_searched_for_among_the_datasets(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", *"gsm8k/tr")
        await ui.until_shown("Dataset    gsm8k/train")
        await ui.press(*"ain", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, Datasets))
        line = ui.app.screen.query_one(SearchLine)
        await ui.until(lambda: line.text == 'name="gsm8k/train"')


async def test_what_is_settled_is_shown_with_how_to_change_it(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", *"settings budget")
        await ui.until_shown("budget = none", "Said by: usual")
        await ui.press("enter")
        await ui.until(lambda: "`ftlab config set budget VALUE` settles it anew" in ui.told)


async def test_escape_leaves_everything_as_it_was(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", "down", "pagedown", *"x", "escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        assert ui.app.focused is ui.rows


async def test_nothing_that_fits_is_said_and_enter_does_nothing(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", *"zzzqqq")
        await ui.until_shown("Nothing fits.")
        await ui.press("enter")
        assert isinstance(ui.app.screen, Palette)


async def test_a_click_does_what_is_clicked_and_one_beside_it_leaves(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", *"history")
        await ui.until_shown("Show everything that was recorded")
        await ui.pilot.click("#palette-rows", offset=(15, 0))
        await ui.until(lambda: isinstance(ui.app.screen, History))
        await ui.press("ctrl+p")
        await ui.until(lambda: isinstance(ui.app.screen, Palette))
        await ui.pilot.click(offset=(2, 30))
        await ui.until(lambda: isinstance(ui.app.screen, History))


async def test_commands_are_there_while_names_cannot_be_read(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("tui.palette.named_things", locked)
    async with drive(lab) as ui:
        await ui.press("ctrl+p", *"history")
        await ui.until_shown("Another process keeps the database locked.", "history")
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, History))


async def test_the_palette_is_not_opened_twice(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+p", "ctrl+p")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


@pytest.mark.parametrize("size", [(50, 20), (30, 8), (200, 60)])
async def test_it_fits_into_any_terminal(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        await ui.press("ctrl+p")
        await ui.until_shown("Go to")
        assert max(len(line) for line in ui.screen_text().splitlines()) <= size[0]


async def test_two_clicks_beside_it_leave_it_once(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("H")
        await ui.until(lambda: isinstance(ui.app.screen, History))
        await ui.press("ctrl+p")
        await ui.until(lambda: isinstance(ui.app.screen, Palette))
        palette = ui.app.screen
        for chain in (1, 2):
            click = events.Click(palette, 1, 34, 0, 0, 1, False, False, False, chain=chain)
            click._set_forwarded()
            palette.post_message(click)
        await ui.until(lambda: isinstance(ui.app.screen, History))
        await ui.pilot.pause()
        assert isinstance(ui.app.screen, History)
