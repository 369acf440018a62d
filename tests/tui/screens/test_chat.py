from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from engine.errors import LabError
from engine.lab import Lab
from engine.places import Places
from store.queries.chats import chat_list, chat_turns
from store.queries.models import model
from tests.engine import keyrings
from tests.engine.chatting.recorded import add_hosted
from tests.standin import faults
from tests.standin.fixtures import standin
from tests.tui.conftest import Drive, Driven, ScriptedTalk, StillLab
from tui.screens.chat import Chat
from tui.screens.jobs import Jobs

if TYPE_CHECKING:
    from engine.conversations import Conversation
    from tests.standin.standin import Standin

__all__ = ["standin"]

_CHAT = "/chat/completions"


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


async def test_it_is_told_that_a_model_sees_each_question_alone(
    lab: StillLab, drive: Drive
) -> None:
    lab.talk.forgets = True
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready · sees each question alone")


async def test_earlier_conversations_stand_above(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("── 20h ago", "▸ What is 2 + 2?", "2 + 2 = <<2+2=4>>4")


async def test_it_says_at_once_that_the_model_is_starting(lab: StillLab, drive: Drive) -> None:
    loaded = Event()
    lab.opening = lambda: loaded.wait(60)
    async with drive(lab, (80, 24)) as ui:
        await ui.press("G", "t")
        await ui.until_shown("starting the model…")
        assert not loaded.is_set()
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


class TalkingLab(StillLab):
    """A lab as it is, but for its jobs: its conversations are real."""

    def open_chat(self, model: str, **sampling: object) -> Conversation:
        del sampling
        return Lab.open_chat(self, model)


@pytest.fixture
def talking(
    home: Path, told: Path, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TalkingLab]:
    """A lab with a hosted model, `mdl_hosted00000`, at the stand-in."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)
    shutil.copy(told, home / "ftlab.db")
    tuned = standin.past_job().fine_tuned_model
    assert tuned
    with keyrings.used(keyrings.NoKeyring), TalkingLab(Places(home, home / "ftlab.db")) as lab:
        add_hosted(lab, tuned)
        yield lab


async def _talking_to_the_hosted_one(ui: Driven, lab: Lab) -> None:
    ui.app.open_chat(model(lab.database.reader, "mdl_hosted00000"))
    await ui.until_shown("chat with ft:gpt-4o-mini-2024-07-18:acme::")


def _finish_reasons(lab: Lab) -> list[str | None]:
    reader = lab.database.reader
    [chat] = chat_list(reader, "mdl_hosted00000")
    return [turn.finish_reason for turn in chat_turns(reader, chat.id)]


async def test_a_hosted_model_answers_with_its_tokens_and_cost(
    talking: TalkingLab, standin: Standin, drive: Drive
) -> None:
    standin.answer("Two euros.")
    async with drive(talking, (80, 24)) as ui:
        await _talking_to_the_hosted_one(ui, talking)
        await ui.until_shown("ready")
        await ui.press(*"How much?", "enter")
        await ui.until_shown("  Two euros.", " · 3 tokens in, 3 out · $0.0000045")
    assert _finish_reasons(talking) == ["stop"]


async def test_escape_stops_a_hosted_answer_and_what_came_stays(
    talking: TalkingLab, standin: Standin, drive: Drive
) -> None:
    standin.answer("word " * 300)
    standin.inject(faults.slow_midway(0.05), "POST", _CHAT)
    async with drive(talking, (80, 24)) as ui:
        await _talking_to_the_hosted_one(ui, talking)
        await ui.until_shown("ready")
        await ui.press(*"go on", "enter")
        await ui.until_shown("answering… esc stops it", "word word")
        await ui.press("escape")
        await ui.until_shown("word word", "ready · answered in", " · stopped")
    assert _finish_reasons(talking) == ["cancelled"]


async def test_a_hosted_answer_that_breaks_off_says_why_and_the_chat_goes_on(
    talking: TalkingLab, standin: Standin, drive: Drive
) -> None:
    standin.answer("one two three")
    standin.inject(faults.stream_reset(3), "POST", _CHAT)
    async with drive(talking, (80, 24)) as ui:
        await _talking_to_the_hosted_one(ui, talking)
        await ui.until_shown("ready")
        await ui.press(*"count", "enter")
        await ui.until_shown("  one two", "! the connection to 127.0.0.1", "ready · answered")
        await ui.press(*"again", "enter")
        await ui.until_shown("  one two three")
        assert ui.told == []
    assert _finish_reasons(talking) == [None, "stop"]


async def test_a_hosted_model_without_a_key_says_what_to_do(
    talking: TalkingLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    async with drive(talking, (80, 24)) as ui:
        await _talking_to_the_hosted_one(ui, talking)
        await ui.until_shown(
            "! The model could not be reached: there is no key for the profile openai",
            "no model to write to · esc leaves",
        )
