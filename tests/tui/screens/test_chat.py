from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from textual import events

from engine.chatting.sampling import Sampling
from engine.errors import LabError
from engine.lab import Lab
from engine.looking import LookedAtLab
from engine.places import Places
from store.queries.chats import chat_list, chat_turns
from store.queries.datasets import dataset
from store.queries.models import model
from tests.engine import keyrings
from tests.engine.chatting.recorded import add_hosted
from tests.standin import faults
from tests.standin.fixtures import standin
from tests.tui.conftest import NOW, Drive, Driven, ScriptedTalk, StillLab
from tui.partners import Partner, base_partner, partner_of
from tui.screens.chat import Chat
from tui.screens.jobs import Jobs
from tui.widgets.prompt import Prompt

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
        assert ui.app.screen.query_one(Prompt).text == ""


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
        assert ui.app.screen.query_one(Prompt).text == "typed early"
        loaded.set()
        # "not ready yet" is no news.
        await ui.until(lambda: " ready" in ui.screen_text() and "not ready" not in ui.screen_text())
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
        await ui.until_shown("ready · stopped after")
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


async def test_markdown_is_shown_as_it_is_meant_or_as_it_was_written(
    lab: StillLab, drive: Drive
) -> None:
    lab.talk = ScriptedTalk(["# Sum\n\n- **fo", "ur**\n\n```py\n2 + 2\n```"])
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"go", "enter")
        await ui.until_shown("  Sum", "  • four", "  │ 2 + 2", "answered in")
        await ui.press("tab", "m")
        await ui.until_shown("  # Sum", "  - **four**", "  ```py")


async def test_lines_are_begun_without_sending(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"one", "ctrl+j", *"two", "alt+enter", *"q", "enter")
        await ui.until_shown("▸ one", "  two", "  q", "Four clips.")


class Noting(ScriptedTalk):
    """A model that notes what it is asked."""

    asked: list[str]

    def ask(self, question: str) -> Iterator[str]:
        self.asked = [question]
        return super().ask(question)


async def test_a_long_paste_is_kept_aside_and_sent_whole(lab: StillLab, drive: Drive) -> None:
    lab.talk = talk = Noting(["Long."])
    pasted = "lorem ipsum\r\n" * 90_000
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"sum up: ")
        ui.app.post_message(events.Paste(pasted))
        await ui.until_shown("sum up: [pasted 1: 1,080,000 characters]")
        await ui.press("enter")
        await ui.until_shown("▸ sum up: lorem ipsum", "… 1,080,007 characters in all", "Long.")
    assert talk.asked == [f"sum up: {pasted}".replace("\r\n", "\n").strip()]


async def test_up_brings_back_what_was_asked(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "20h ago")
        await ui.press(*"new", "enter")
        await ui.until_shown("answered in")
        prompt = ui.app.screen.query_one(Prompt)
        await ui.press("up")
        assert prompt.text == "new"
        await ui.press("up")
        assert prompt.text == "What is 2 + 2?"
        await ui.press("down", "down")
        assert prompt.text == ""


async def test_that_a_model_is_not_ready_is_told_until_it_is_or_that_is_dismissed(
    lab: StillLab, drive: Drive
) -> None:
    loaded = Event()
    lab.opening = lambda: loaded.wait(30)
    async with drive(lab, (120, 36)) as ui:
        await _chatting(ui)
        await ui.until_shown("starting the model…")
        await ui.press(*"hello", "enter")
        await ui.until_shown("starting the model…", "not ready yet: enter sends it then")
        # The clock ticks meanwhile.
        await ui.until_shown("starting the model… 1s", "not ready yet: enter sends it then")
        await ui.press("escape")
        await ui.until(lambda: "not ready yet" not in ui.screen_text())
        assert isinstance(ui.app.screen, Chat)
        await ui.press("enter")
        await ui.until_shown("not ready yet")
        loaded.set()
        await ui.until(lambda: "not ready yet" not in ui.screen_text())
        await ui.until_shown("ready", "hello")


async def test_what_is_written_is_not_lost_by_one_escape(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press(*"draft", "escape")
        await ui.until_shown("esc once more leaves, without what is written", "draft")
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


def _beside(lab: StillLab, name: str, talk: ScriptedTalk) -> Partner:
    """Have a base model answer in its own way."""
    lab.talks[name] = talk
    return base_partner(name, "openai")


async def _talk_to(ui: Driven, lab: StillLab, *partners: Partner) -> Chat:
    chat = Chat(lab, lambda: NOW, partners)
    await ui.app.push_screen(chat)
    return chat


async def test_two_models_answer_beside_each_other_and_one_that_fails_stops_none(
    lab: StillLab, drive: Drive
) -> None:
    good = _beside(lab, "good", ScriptedTalk(["It is ", "four."]))
    bad = _beside(lab, "bad", ScriptedTalk(["It "], LabError("the connection broke off")))
    async with drive(lab, (100, 30)) as ui:
        await _talk_to(ui, lab, good, bad)
        await ui.until_shown("✓ good", "✓ bad", "chat with good and bad")
        await ui.press(*"2 + 2?", "enter")
        await ui.until_shown("It is four.", "! the connection broke off", "ready · answered in")
        line = next(line for line in ui.screen_text().splitlines() if "▸ 2 + 2?" in line)
        assert line.count("▸ 2 + 2?") == 2


async def test_where_it_is_narrow_one_model_is_shown_at_a_time(lab: StillLab, drive: Drive) -> None:
    one = _beside(lab, "one", ScriptedTalk(["Uno."]))
    two = _beside(lab, "two", ScriptedTalk(["Due."]))
    async with drive(lab, (60, 20)) as ui:
        await _talk_to(ui, lab, one, two)
        await ui.until_shown("ready", "✓ one", "✓ two")
        await ui.press(*"go", "enter")
        await ui.until_shown("Uno.", "answered in")
        assert "Due." not in ui.screen_text()
        await ui.press("f3")
        await ui.until_shown("Due.")
        assert "Uno." not in ui.screen_text()


async def test_a_model_that_cannot_be_asked_is_only_missing(lab: StillLab, drive: Drive) -> None:
    there = _beside(lab, "there", ScriptedTalk(["Here."]))
    calls = iter([None, LabError("there is no key")])

    def opening() -> None:
        if (error := next(calls)) is not None:
            raise error

    lab.opening = opening
    async with drive(lab, (100, 30)) as ui:
        await _talk_to(ui, lab, there, base_partner("absent", "azure"))
        await ui.until_shown("✗ absent", "! The model could not be reached: there is no")
        await ui.press(*"go", "enter")
        await ui.until_shown("Here.", "answered in")


async def test_a_model_is_added_by_its_name_and_taken_out(lab: StillLab, drive: Drive) -> None:
    lab.talks["gpt-9"] = ScriptedTalk(["Nine."])
    async with drive(lab, (120, 30)) as ui:
        chat = await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press("ctrl+f")
        await ui.until_shown("Which model?", "smollm2-135m-instruct", "base model of this machine")
        await ui.press(*"gpt-9")
        await ui.until_shown("by this name, on this machine", "by this name, at openai")
        await ui.press("down", "enter")
        await ui.until_shown("✓ gsm8k-1", "✓ gpt-9", "ready")
        await ui.press(*"go", "enter")
        await ui.until_shown("Four clips.", "Nine.", "answered in")
        await ui.press("tab", "l")
        await ui.until(lambda: chat.transcript is chat.columns[1].transcript)
        await ui.press("x")
        await ui.until(lambda: "Nine." not in ui.screen_text())
        await ui.until(lab.talks["gpt-9"].closed.is_set)
        await ui.press("x")
        await ui.until(lambda: "It is the only model here: escape leaves the chat." in ui.told)


async def test_other_settings_begin_a_new_conversation(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "temperature 0 · at most 256 tokens · no system prompt")
        await ui.press("ctrl+g")
        await ui.until_shown("How the models are asked")
        await ui.press(*"Be brief.")
        await ui.press("tab")
        await ui.press("backspace", *"7", "f2")
        await ui.until_shown("! the temperature is a number from 0 to 2")
        await ui.press("backspace", *"0.7", "f2")
        await ui.until_shown("temperature 0.7 · at most 256 tokens · system: Be brief.")
        assert lab.talk.begun_anew == [("Be brief.", Sampling(0.7))]
        await ui.press(*"go", "enter")
        await ui.until_shown("── new conversation, with other settings", "▸ go")


async def test_leaving_the_settings_as_they_are_begins_nothing(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready")
        await ui.press("ctrl+g")
        await ui.until_shown("How the models are asked")
        await ui.press("f2")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))
        assert lab.talk.begun_anew == []


async def test_an_answer_is_rated_in_the_log_and_the_rating_taken_back(
    lab: StillLab, drive: Drive
) -> None:
    def rating() -> str | None:
        return chat_turns(lab.database.reader, "chat_1")[0].rating

    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "20h ago")
        await ui.press("tab", "plus")
        await ui.until_shown("▲ good")
        await ui.until(lambda: rating() == "up")
        await ui.press("minus")
        await ui.until_shown("▼ bad")
        await ui.until(lambda: rating() == "down")
        await ui.press("minus")
        await ui.until(lambda: rating() is None)
        assert "bad" not in ui.screen_text().splitlines()[-8]


async def test_an_answer_that_is_not_recorded_cannot_be_rated(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "20h ago")
        await ui.press(*"go", "enter")
        await ui.until_shown("answered in")
        await ui.press("tab", "plus")
        await ui.until(lambda: any("not recorded" in told for told in ui.told))


async def test_an_answer_and_the_conversation_are_copied(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "20h ago")
        await ui.press("tab", "y")
        assert ui.app.clipboard == "2 + 2 = <<2+2=4>>4"
        await ui.press("Y")
        assert ui.app.clipboard == "> What is 2 + 2?\n\n2 + 2 = <<2+2=4>>4\n"


async def test_an_answer_is_edited_into_an_example_of_a_new_dataset(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "20h ago")
        await ui.press("tab", "e")
        await ui.until_shown("A training example of this answer", "2 + 2 = <<2+2=4>>4")
        await ui.press("!", "f2")
        await ui.until_shown("! name a dataset")
        await ui.press(*"sums")
        await ui.until_shown("There is no dataset sums: it will be begun")
        await ui.press("enter")
        await ui.until(lambda: any("Recorded: sums@1 has 1 example" in told for told in ui.told))
        assert isinstance(ui.app.screen, Chat)
    version = dataset(lab.database.reader, "sums")
    assert b"2 + 2 = <<2+2=4>>4!" in lab.blobs.read(version.content)
    assert '"chat": "chat_1", "turn": 1, "edited": true' in version.recipe_json


async def test_an_example_that_does_not_fit_says_why(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _chatting(ui)
        await ui.until_shown("ready", "20h ago")
        await ui.press("tab", "e")
        await ui.until_shown("A training example of this answer")
        await ui.press("tab", *"no name", "enter")
        await ui.until_shown("! 'no name' cannot name a dataset")
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))


async def test_what_only_may_be_looked_at_is_not_asked(
    lab: StillLab, drive: Drive, home: Path
) -> None:
    looked_at = LookedAtLab(Places(home, home / "ftlab.db"))
    async with drive(lab, (80, 24)) as ui:
        partner = partner_of(model(lab.database.reader, "mdl_1"))
        chat = Chat(looked_at, lambda: NOW, partner)
        await ui.app.push_screen(chat)
        await ui.until_shown("this was opened with --read-only", "2 + 2 = <<2+2=4>>4")
        await ui.press("plus", "ctrl+g", "ctrl+n")
        await ui.until(lambda: len([told for told in ui.told if "--read-only" in told]) == 3)
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
    looked_at.close()


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
        await ui.until_shown("word word", "ready · stopped after", " · stopped")
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
