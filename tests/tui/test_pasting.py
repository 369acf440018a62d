from __future__ import annotations

from textual import events
from textual.widgets import Input

from tests.tui.conftest import Drive, Driven, StillLab


async def _paste(ui: Driven, text: str) -> str:
    await ui.press("slash")
    await ui.until(lambda: isinstance(ui.app.focused, Input))
    await ui.app.on_event(events.Paste(text))
    line = ui.app.focused
    assert isinstance(line, Input)
    await ui.pilot.pause()
    return line.value


async def test_of_a_long_paste_a_line_takes_as_much_as_it_has_room_for(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        assert await _paste(ui, "x" * 3_000_000) == "x" * 1000
        assert ui.told == ["only the first 1,000 characters of what was pasted are taken"]


async def test_a_line_that_is_full_says_so_of_what_is_pasted(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        full = await _paste(ui, "x" * 1000)
        await ui.app.on_event(events.Paste("y"))
        line = ui.app.focused
        assert isinstance(line, Input)
        assert line.value == full
        assert ui.told == ["there is no room left for what was pasted"]


async def test_that_a_line_takes_one_line_is_said(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        assert await _paste(ui, "gsm8k\n") == "gsm8k"
        assert ui.told == []
        await ui.press("ctrl+u", "escape")
        assert await _paste(ui, "one\ntwo\n") == "one"
        assert ui.told == ["only the first line of what was pasted is taken"]


async def test_what_is_pasted_into_a_line_does_not_steer_the_terminal(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        assert await _paste(ui, "gsm\x1b[2J8k\t1") == "gsm8k 1"
