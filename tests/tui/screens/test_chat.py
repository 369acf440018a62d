from __future__ import annotations

from threading import Event
from time import monotonic

from textual.widgets import Input

from engine.errors import LabError
from tests.tui.conftest import Drive, Driven, ScriptedTalk, StillLab
from tui.screens.chat import Chat
from tui.screens.jobs import Jobs


async def _chatting(ui: Driven) -> Chat:
    await ui.press("G", "t")
    await ui.until(lambda: isinstance(ui.app.screen, Chat))
    assert isinstance(ui.app.screen, Chat)
    return ui.app.screen


async def test_an_answer_streams_into_the_transcript(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"How many?", "enter")
        await ui.until_shown("▸ How many?", "  Four clips.", "ready · answered in")
        assert ui.app.screen.query_one(Input).value == ""


async def test_earlier_conversations_stand_above(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("── 20h ago", "▸ What is 2 + 2?", "2 + 2 = <<2+2=4>>4")


async def test_it_says_at_once_that_the_model_is_starting(lab: StillLab, drive: Drive) -> None:
    loaded = Event()
    lab.opening = lambda: loaded.wait(10)
    async with drive(lab, (80, 24)) as ui:
        await ui.press("G")
        began = monotonic()
        await ui.press("t")
        await ui.until_shown("starting the model…")
        assert monotonic() - began < 1.0
        await ui.press(*"typed early", "enter")
        assert ui.app.screen.query_one(Input).value == "typed early"
        loaded.set()
        await ui.until_shown("ready")
        await ui.press("enter")
        await ui.until_shown("▸ typed early", "Four clips.")


async def test_escape_stops_the_answer_and_then_leaves(lab: StillLab, drive: Drive) -> None:
    lab.talk.held = Event()
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"go on", "enter")
        await ui.until_shown("loading the model… esc stops it")
        await ui.press("escape")
        await ui.until_shown("ready · answered in")
        assert isinstance(ui.app.screen, Chat)
        assert lab.talk.cancelled.is_set()
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        await ui.until(lab.talk.closed.is_set)


async def test_a_model_that_does_not_start_says_why(lab: StillLab, drive: Drive) -> None:
    def fault() -> None:
        raise LabError("the server cannot be started: install ftlab[local]")

    lab.opening = fault
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown(
            "! The model could not be started: the server cannot be started: install",
            "! ftlab[local]",
            "no model to write to · esc leaves",
        )
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


async def test_an_answer_that_breaks_off_says_why_and_the_chat_goes_on(
    lab: StillLab, drive: Drive
) -> None:
    lab.talk = ScriptedTalk(["Half an "], LabError("the server has ended"))
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"go", "enter")
        await ui.until_shown("  Half an", "! the server has ended", "ready · answered in")
        lab.talk.trouble = None
        await ui.press(*"again", "enter")
        await ui.until_shown("▸ again")
        assert ui.told == []


async def test_leaving_while_the_model_starts_ends_what_was_started(
    lab: StillLab, drive: Drive
) -> None:
    loaded = Event()
    lab.opening = lambda: loaded.wait(10)
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        loaded.set()
        await ui.until(lab.talk.closed.is_set)


async def test_quitting_in_a_chat_ends_the_conversation(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
    assert lab.talk.closed.wait(10)


async def test_a_long_transcript_scrolls(lab: StillLab, drive: Drive) -> None:
    lab.talk = ScriptedTalk([f"line {number}\n" for number in range(100)])
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"count", "enter")
        await ui.until_shown("line 99", "ready · answered in")
        await ui.press("pageup")
        await ui.until(lambda: "line 99" not in ui.screen_text())
        await ui.press("pagedown")
        await ui.until_shown("line 99")


async def test_an_empty_question_is_not_sent(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press("space", "enter")
        assert "▸  " not in ui.screen_text()
        await ui.until_shown("ready")
