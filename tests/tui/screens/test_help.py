from __future__ import annotations

from tests.tui.conftest import Drive, StillLab
from tui.actions import actions_of
from tui.ink import text_of
from tui.screens.help import Help, help_lines
from tui.screens.jobs import Jobs


def test_every_action_and_every_status_is_explained() -> None:
    shown = "\n".join(text_of(line) for line in help_lines(actions_of(*Jobs.PLACES), 120))
    for action in actions_of(*Jobs.PLACES):
        assert f"{action.shown_keys:13}{action.help}" in shown
    assert "interrupted" in shown


def test_in_a_narrow_terminal_nothing_is_cut_off_and_every_id_is_told() -> None:
    lines = [text_of(line) for line in help_lines(actions_of(*Jobs.PLACES), 74)]
    assert max(len(line) for line in lines) <= 74
    words = " ".join(lines).split()
    for action in actions_of(*Jobs.PLACES):
        assert action.id in words
        assert set(action.help.split()) <= set(words)


def test_a_topic_has_one_heading() -> None:
    lines = [text_of(line) for line in help_lines(actions_of(*Jobs.PLACES), 74)]
    headings = [line for line in lines if line.isupper()]
    assert len(headings) == len(set(headings)) > 3


async def test_the_help_is_of_the_screen_that_it_was_asked_on(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("M", "question_mark")
        await ui.until_shown("Chat with the selected model")
        assert "Draw the next metric" not in ui.screen_text()


async def test_the_help_scrolls_and_closes(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        for key in ("question_mark", "escape", "q"):
            await ui.press("question_mark")
            assert isinstance(ui.app.screen, Help)
            await ui.press("end")
            await ui.until_shown("interrupted")
            await ui.press(key)
            assert isinstance(ui.app.screen, Jobs)
