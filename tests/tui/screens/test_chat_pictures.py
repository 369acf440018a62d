"""Pictures of the chat, past conversations and their dialogs."""

from __future__ import annotations

from threading import Event

import pytest

from store.events import ChatOpened, ChatTurnRated, ChatTurnRecorded
from tests.tui.conftest import NOW, Driven, ScriptedTalk, StillLab, Story
from tests.tui.markdown.test_growing import ANSWER
from tests.tui.screens.pictures import NARROW, SIZES, Compare, same
from tui.partners import base_partner
from tui.screens.chat import Chat

_MIDDLE = len(ANSWER) * 2 // 3


class HalfTold(ScriptedTalk):
    """A model that stops in the middle of its answer until it is cancelled."""

    def __init__(self, begun: str) -> None:
        super().__init__([])
        self._begun = begun
        self.held = Event()

    def ask(self, question: str):  # type: ignore[no-untyped-def] # noqa: ANN201
        yield self._begun
        yield from super().ask(question)


@pytest.fixture(autouse=True)
def _no_seconds_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds that pass are shown."""
    monkeypatch.setattr("tui.screens.listening.monotonic", lambda: 0.0)


@pytest.mark.parametrize("size", SIZES)
def test_a_chat_in_the_middle_of_an_answer(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    lab.talk.held = Event()

    async def steps(ui: Driven) -> None:
        await ui.press("G", "t")
        await ui.until_shown("ready", "── 20h ago")
        await ui.press(*"What is 2 + 2?", "enter")
        await ui.until_shown("loading the model… esc stops it")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_markdown_with_code_and_a_table(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    lab.talk = ScriptedTalk([ANSWER])

    async def steps(ui: Driven) -> None:
        await ui.press("G", "t")
        await ui.until_shown("ready")
        await ui.press(*"How do I add them?", "enter")
        await ui.until_shown("coffee with milk", "answered in")
        await ui.press("tab")
        await ui.until_shown("edit into example" if size[0] >= 80 else "next")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("models", [2, 3])
def test_models_beside_each_other_in_the_middle_of_their_answers(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int], models: int
) -> None:
    names = ["gpt-4o-mini", "gpt-4.1-nano", "davinci-002"][:models]
    texts = [ANSWER[:_MIDDLE], "It is **four**, because", ANSWER[: _MIDDLE // 2]][:models]
    lab.talks = {name: HalfTold(text) for name, text in zip(names, texts, strict=True)}

    async def steps(ui: Driven) -> None:
        partners = [base_partner(name, "openai") for name in names]
        chat = Chat(lab, lambda: NOW, partners)
        await ui.app.push_screen(chat)
        await ui.until_shown("ready")
        await ui.press(*"How do I add them?", "enter")
        await ui.until(lambda: [column._answer for column in chat.columns] == texts)
        await ui.pilot.pause(0.2)
        await ui.until_shown("answering… esc stops it", "return sum")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_past_chats(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    _tell_talks(story)

    async def steps(ui: Driven) -> None:
        await ui.press("L")
        await ui.until_shown("gpt-4o-mini", "gsm8k-1")

    assert same(snap_compare, lab, size, steps)


def test_a_past_chat(snap_compare: Compare, lab: StillLab, story: Story) -> None:
    _tell_talks(story)

    async def steps(ui: Driven) -> None:
        await ui.press("L")
        await ui.until_shown("gpt-4o-mini")
        await ui.press("enter")
        await ui.until_shown("At the depot", "▲ good")

    assert same(snap_compare, lab, (80, 24), steps)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_the_settings(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("G", "t")
        await ui.until_shown("ready", "── 20h ago")
        await ui.press("ctrl+g")
        await ui.until_shown("How the models are asked")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_an_answer_edited_into_an_example(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    _tell_talks(story)

    async def steps(ui: Driven) -> None:
        await ui.press("L")
        await ui.until_shown("gpt-4o-mini")
        await ui.press("enter")
        await ui.until_shown("At the depot")
        await ui.press("n", "n", "e")
        await ui.until_shown("system prompt", "the 1 turn before")

    assert same(snap_compare, lab, size, steps)


def test_a_model_is_picked(snap_compare: Compare, lab: StillLab) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("G", "t")
        await ui.until_shown("ready", "── 20h ago")
        await ui.press("ctrl+f")
        await ui.until_shown("smollm2-135m-instruct")
        await ui.press(*"smol")
        await ui.until_shown("by this name, at openai")

    assert same(snap_compare, lab, (80, 24), steps)


def _tell_talks(story: Story) -> None:
    story.at(60 * 30).log.append(
        "chat/chat_2",
        ChatOpened(
            model="gpt-4o-mini", provider="openai", system="Be brief.", temperature=0.5, seed=7
        ),
        ChatTurnRecorded(
            question="Where is my parcel?",
            answer="At the depot:\n\n1. it came on **Monday**\n2. it waits",
            prompt_tokens=21,
            completion_tokens=14,
            seconds=0.8,
            cost=0.00012,
        ),
        ChatTurnRecorded(
            question="Since when does it wait there, and for how long may it?",
            answer="Since Monday.",
            finish_reason="length",
            seconds=0.3,
        ),
        ChatTurnRated(turn=1, rating="up"),
        ChatTurnRated(turn=2, rating="down"),
    )
