"""Notifications hide little, and go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.widgets._toast import Toast

from tests.tui.conftest import NOW, Driven, StillLab, settle
from tui.app import FtlabApp
from tui.screens.jobs import Jobs
from tui.screens.question import Question


@asynccontextmanager
async def _driving(lab: StillLab) -> AsyncIterator[Driven]:
    """Start the app as the others are, but with its notifications on the screen."""
    app = FtlabApp(lab, now=lambda: NOW)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        driven = Driven(app, pilot)
        await driven.until(lab.polled.is_set)
        await settle(pilot)
        yield driven


def _toasts(ui: Driven) -> list[Toast]:
    return list(ui.app.screen.query(Toast))


async def test_a_notification_is_a_line_above_the_keys(lab: StillLab) -> None:
    async with _driving(lab) as ui:
        await ui.press("r")
        await ui.until_shown("it can be cancelled, not resumed")
        [toast] = _toasts(ui)
        assert (toast.region.height, toast.region.bottom) == (1, 23)
        assert "c cancel" in ui.screen_text().splitlines()[-1]


async def test_a_long_one_takes_three_lines_and_many_are_three(lab: StillLab) -> None:
    async with _driving(lab) as ui:
        for number in range(5):
            ui.app.notify(f"{number} {'words ' * 100}", markup=False)
        await ui.until(lambda: len(_toasts(ui)) == 3)
        await ui.until(lambda: all(toast.region.height == 3 for toast in _toasts(ui)))
        ui.app.notify("again", markup=False)
        ui.app.notify("again", markup=False)
        await ui.until_shown("again")
        assert ui.screen_text().count("again") == 1


async def test_escape_takes_it_away_and_does_its_work(lab: StillLab) -> None:
    async with _driving(lab) as ui:
        await ui.press("M", "C")
        await ui.until_shown("mark 2 to 6 models")
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs) and not _toasts(ui))


async def test_a_dialog_need_not_wait_for_it(lab: StillLab) -> None:
    async with _driving(lab) as ui:
        ui.app.notify("something else", markup=False)
        await ui.press("c")
        assert isinstance(ui.app.screen, Question)
        await ui.until_shown("something else")
        await ui.press("escape")
        assert isinstance(ui.app.screen, Jobs)
        await ui.until(lambda: not _toasts(ui))
