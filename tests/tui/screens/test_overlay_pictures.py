"""Pictures of what lies over a screen for a moment: the palette, the themes, letters, an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.tui.conftest import Drive, Driven, StillLab
from tests.tui.screens.pictures import SIZES
from tests.tui.screens.resized import same_in_each_size
from tui.enduring import Trouble
from tui.screens.error import ErrorScreen
from tui.screens.jump import Jump

_REPORTS = Path("/home/ann/.local/share/ftlab/reports")


async def test_the_palette(snapshot: SnapshotAssertion, lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("1", "ctrl+p")
        await same_in_each_size(snapshot, ui, "Go to", "new job")


async def test_the_palette_while_something_is_looked_for(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("1", "ctrl+p", *"gsm8k")
        await same_in_each_size(snapshot, ui, "gsm8k-3", "gsm8k/train", "running, job_5")


async def test_nothing_fits_in_the_palette(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("1", "ctrl+p", *"no such thing")
        await same_in_each_size(snapshot, ui, "Nothing fits.")


async def test_a_light_theme_is_looked_at_before_it_is_chosen(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("1", "ctrl+t", "down")
        await ui.until(lambda: ui.app.theme == "ftlab-light")
        await same_in_each_size(snapshot, ui, "terminal-light", "Light, in colours")


@pytest.mark.parametrize("size", SIZES)
async def test_letters_to_jump_by(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:  # another size would take them away
        await ui.press("1")
        await ui.until_shown("TRAINING")
        await ui.press("ctrl+o")
        await ui.until(lambda: isinstance(ui.app.screen, Jump))
        await same_in_each_size(snapshot, ui, sizes=(size,))


async def test_an_error_that_nobody_foresaw(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await _fails(ui, Trouble("KeyError: 'eval_loss'", _REPORTS / "20261120T180000Z.txt"))
        await same_in_each_size(snapshot, ui, "something went wrong", "eval_loss")


async def test_several_errors_one_of_many_words_and_no_report(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    many = "ValueError: " + "a value that no column takes, " * 30
    async with drive(lab) as ui:
        await _fails(
            ui,
            Trouble(many, _REPORTS / "20261120T180000Z.txt"),
            Trouble("ZeroDivisionError: division by zero", None),
        )
        await same_in_each_size(snapshot, ui, "ZeroDivisionError", "No report could be saved")


async def test_a_time_is_asked_for_and_what_was_written_is_none(
    snapshot: SnapshotAssertion, lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("1", "B", "slash", *"someday", "enter")
        await same_in_each_size(snapshot, ui, "As of when?", "is no time", "now of")


async def test_an_order_is_chosen(snapshot: SnapshotAssertion, lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("1", "o")
        await same_in_each_size(snapshot, ui, "Sort by", "evaluation loss")


async def _fails(ui: Driven, *troubles: Trouble) -> None:
    first, *others = troubles
    screen = ErrorScreen(first)
    await ui.app.push_screen(screen)
    for trouble in others:
        screen.add(trouble)
