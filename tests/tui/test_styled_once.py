"""Screens that are styled once when they open look as if they had been styled again and again."""

from __future__ import annotations

import pytest
from textual.screen import Screen

from tests.tui.conftest import Drive, StillLab, settle
from tui.styled_once import StyledOnce


def _styles(screen: Screen[object]) -> list[str]:
    return [each.styles.css for each in screen.walk_children(with_self=True)]


@pytest.mark.parametrize("size", [(50, 20), (120, 36)])
@pytest.mark.usefixtures("story")
async def test_styling_a_screen_anew_changes_nothing(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        for key in "MDN":
            await ui.press(key)
            await settle(ui.pilot)
            screen = ui.app.screen
            assert isinstance(screen, StyledOnce)
            shown = _styles(screen)
            screen.update_node_styles(animate=False)
            ui.app.refresh_css(animate=False)
            assert _styles(screen) == shown, type(screen).__name__
