"""Several models beside each other: where their answers stand, and where what is typed goes."""

from __future__ import annotations

from store.events import ChatOpened, ChatTurnRecorded
from tests.tui.conftest import NOW, Drive, Driven, ScriptedTalk, StillLab, Story
from tui.partners import Partner, base_partner
from tui.screens.chat import Chat
from tui.screens.chat_settings import SettingsForm
from tui.widgets.prompt import Prompt
from tui.widgets.transcript import Transcript


async def _talk_to(ui: Driven, lab: StillLab, **answers: str) -> Chat:
    for name, answer in answers.items():
        lab.talks[name] = ScriptedTalk([answer])
    partners: list[Partner] = [base_partner(name, "openai") for name in answers]
    chat = Chat(lab, lambda: NOW, partners)
    await ui.app.push_screen(chat)
    await ui.until_shown("ready")
    return chat


def _shown_of(ui: Driven, text: str) -> list[int]:
    """The rows in which a text stands, once for each time."""
    lines = enumerate(ui.screen_text().splitlines())
    return [row for row, line in lines for _ in range(line.count(text))]


async def test_answers_to_one_question_begin_in_the_same_row(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    turn = ChatTurnRecorded(question="Earlier?", answer="Yes.", seconds=0.4)
    story.at(60).log.append("chat/chat_9", ChatOpened(model="old"), turn, turn)
    async with drive(lab, (100, 30)) as ui:
        await _talk_to(ui, lab, new="One line.", old="\n\n".join(["A paragraph."] * 4))
        await ui.until_shown("Earlier?")
        for question in ("first", "second"):
            await ui.press(*question, "enter")
            await ui.until_shown(f"▸ {question}", "answered in")
        await ui.until(lambda: len(set(_shown_of(ui, "▸ second"))) == 1)
        for question in ("▸ first", "▸ second"):
            rows = _shown_of(ui, question)
            assert len(rows) == 2
            assert len(set(rows)) == 1


async def test_a_short_answer_keeps_its_question_in_sight_beside_a_long_one(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (100, 20)) as ui:
        await _talk_to(ui, lab, short="Brief.", long="\n\n".join(map(str, range(60))))
        await ui.press(*"go", "enter")
        await ui.until_shown("answered in", "▸ go", "Brief.", "59")


async def test_what_is_typed_after_a_dialog_goes_into_the_prompt(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (100, 30)) as ui:
        chat = await _talk_to(ui, lab, one="Uno.")
        await ui.press(*"go", "enter")
        await ui.until_shown("answered in")
        await ui.press("tab")
        await ui.until(lambda: isinstance(chat.focused, Transcript))
        await ui.press("escape")
        assert isinstance(chat.focused, Prompt)
        # What a slow focus event of the answers would do, a moment after the key.
        chat.focused = chat.transcript
        await ui.press("ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, SettingsForm))
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is chat)
        await ui.press(*"xe+-")
        assert chat.query_one(Prompt).text == "xe+-"


async def test_who_reads_the_answers_goes_on_reading_after_a_dialog(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (100, 30)) as ui:
        chat = await _talk_to(ui, lab, one="Uno.")
        await ui.press("tab")
        await ui.until(lambda: isinstance(chat.focused, Transcript))
        await ui.press("ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, SettingsForm))
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is chat)
        assert isinstance(chat.focused, Transcript)


async def test_that_some_are_left_out_of_a_chat_is_said(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 30)) as ui:
        chat = await _talk_to(ui, lab, a="1", b="2", c="3", d="4", e="5")
        assert len(chat.columns) == 3
        assert ui.told == ["3 models are the most in a chat: without d, e"]
