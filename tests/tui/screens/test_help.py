from __future__ import annotations

import pytest

from store.queries.event_search import EVENTS
from store.queries.job_search import JOBS
from tests.tui.conftest import Drive, StillLab
from tui.about import ABOUT
from tui.actions import ACTIONS, actions_of
from tui.help_lines import lines_of, sections
from tui.ink import text_of
from tui.screens.help import Help
from tui.screens.jobs import Jobs

ACTIONS_HERE = actions_of(*Jobs.PLACES)
IN_SIGHT = [ABOUT["curves"], ABOUT["job-rows"]]


def texts(width: int, wanted: str = "", panels: bool = True) -> list[str]:
    parts = sections(ACTIONS_HERE, width, IN_SIGHT if panels else [], [JOBS])
    return [text_of(line) for line in lines_of(parts, wanted)]


def test_it_is_said_how_notifications_go() -> None:
    assert "escape takes them away" in " ".join(texts(80, "notifications"))


def test_every_action_and_every_status_is_explained() -> None:
    shown = "\n".join(texts(120))
    for action in ACTIONS_HERE:
        assert f"{action.shown_keys:13}{action.help}" in shown
    assert "interrupted" in shown


@pytest.mark.parametrize("width", [74, 44])
def test_in_a_narrow_terminal_nothing_is_cut_off_and_every_id_is_told(width: int) -> None:
    lines = texts(width)
    assert max(len(line) for line in lines) <= width
    words = " ".join(lines).split()
    for action in ACTIONS_HERE:
        assert action.id in words
        assert set(action.help.split()) <= set(words)


def test_a_topic_has_one_heading() -> None:
    headings = [line for line in texts(74) if line.isupper()]
    assert len(headings) == len(set(headings)) > 3


def test_the_panel_in_focus_comes_first_with_what_it_shows_and_its_keys() -> None:
    lines = texts(100)
    assert lines[0] == "CURVES, IN FOCUS"
    assert lines[1].startswith("The metrics of the selected job")
    next_heading = next(place for place, line in enumerate(lines[1:], 1) if line.isupper())
    own = "\n".join(lines[:next_heading])
    assert "Draw logarithms, or no longer" in own
    assert "Ask the selected job to stop" not in own


def test_each_action_is_told_once() -> None:
    told = [word for line in texts(100) for word in line.split()]
    assert all(told.count(action.id) == 1 for action in ACTIONS_HERE)


@pytest.mark.parametrize("panel", ABOUT.values(), ids=ABOUT)
def test_the_topics_of_panels_are_those_of_actions(panel: object) -> None:
    topics = {action.topic for action in ACTIONS}
    assert set(panel.topics) <= topics  # type: ignore[attr-defined]


def test_the_language_of_searches_is_told_with_all_its_fields() -> None:
    shown = "\n".join(texts(100))
    assert "SEARCHING JOBS" in shown
    assert all(field in shown for field in JOBS.fields)
    for example in ("status:one,other", "age<2d", 'status:"two words"', "-status:part"):
        assert example in shown


@pytest.mark.parametrize("language", [JOBS, EVENTS], ids=lambda each: each.thing)
def test_the_examples_are_understood(language: object) -> None:
    parts = sections([], 200, [], [language])  # type: ignore[list-item]
    told = " ".join(text_of(line) for line in lines_of(parts)).replace(",", " ")
    examples = [word for word in told.split() if any(sign in word[1:] for sign in ":<>=")]
    understood = 0
    for example in examples:
        if '"' in example or example.endswith(":") or not example[-1].isalnum():
            continue
        language.search(example)  # type: ignore[attr-defined]
        understood += 1
    assert understood > 5


def test_searching_keeps_what_fits_under_its_heading() -> None:
    lines = texts(100, "checkpoint")
    assert "Ask the selected job to stop" in "\n".join(lines)
    assert "Draw logarithms" not in "\n".join(lines)
    assert texts(100, "zzz")[0] == "Nothing here is about 'zzz'."


async def test_the_help_is_of_the_screen_that_it_was_asked_on(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("M", "question_mark")
        await ui.until_shown("THE LIST OF MODELS, IN FOCUS")
        assert "Draw the next metric" not in ui.screen_text()


async def test_the_focus_decides_what_is_told_first(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("question_mark")
        await ui.until_shown("THE LIST OF JOBS, IN FOCUS")
        await ui.press("escape", "enter", "2", "question_mark")
        await ui.until_shown("CURVES, IN FOCUS")
        await ui.press("escape", "4", "question_mark")
        await ui.until_shown("EVENTS, IN FOCUS")


async def test_it_is_searched(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("question_mark", "slash", *"logarithms")
        await ui.until_shown("Draw logarithms, or no longer")
        assert "Ask the selected job" not in ui.screen_text()
        await ui.press("escape")
        await ui.until_shown("Ask the selected job to stop")
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


async def test_the_help_scrolls_and_closes(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        for key in ("question_mark", "escape", "q"):
            await ui.press("question_mark")
            assert isinstance(ui.app.screen, Help)
            await ui.press("end")
            await ui.until_shown("interrupted")
            await ui.press(key)
            assert isinstance(ui.app.screen, Jobs)
