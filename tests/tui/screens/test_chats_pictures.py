"""Pictures of past conversations: none, one that is read, names of all kinds, a model picked."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from store.events import ChatOpened, ChatTurnRated, ChatTurnRecorded
from tests.tui.conftest import NOW, Drive, StillLab, Story
from tests.tui.screens.resized import EACH, NARROW, same_in_each_size
from tui.partners import base_partner
from tui.screens.chat_picker import ChatPicker
from tui.screens.past_chat import PastChat

_MINI = "gpt-4o-mini"
_ODD = (
    ("ft:gpt-4o-mini-2024-07-18:a-long-organization:support:Bx81kAQ2", "Where? " * 40),
    (_MINI, "أين طلبي؟ لقد طلبته قبل أسبوع"),
    (_MINI, "注文はどこですか。先週注文しましたが、まだ届いていません。"),
    (_MINI, "👩‍👩‍👧 e\u0301te\u0301 zero\u200bwidth"),
    (_MINI, "\x1b[31mred\x1b[0m \x07bell\nof two lines\tand a tab"),
)


async def test_no_chats(snapshot: SnapshotAssertion, empty_lab: StillLab, drive: Drive) -> None:
    async with drive(empty_lab) as ui:
        await ui.press("L")
        await same_in_each_size(snapshot, ui, "chats")


async def test_chats_of_all_kinds_of_names(
    snapshot: SnapshotAssertion, lab: StillLab, story: Story, drive: Drive
) -> None:
    for number, (model, question) in enumerate(_ODD):
        turn = ChatTurnRecorded(question=question, answer=question, seconds=0.4)
        opened = ChatOpened(model=model, provider="openai", temperature=0.2)
        story.at(60 * (len(_ODD) - number)).log.append(f"chat/chat_o{number}", opened, turn)
    async with drive(lab) as ui:
        await ui.press("L")
        await same_in_each_size(snapshot, ui, "gsm8k-1", "zero", sizes=(*EACH, NARROW))


async def test_a_past_chat(
    snapshot: SnapshotAssertion, lab: StillLab, story: Story, drive: Drive
) -> None:
    _tell_a_talk(story)
    async with drive(lab) as ui:
        past = PastChat(lab, lambda: NOW, base_partner(_MINI, "openai"), "chat_2")
        await ui.app.push_screen(past)
        await same_in_each_size(snapshot, ui, "At the depot", "▲", sizes=(*EACH, NARROW))


async def test_a_model_is_picked(snapshot: SnapshotAssertion, lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("L")
        await ui.until_shown("gsm8k-1")
        await ui.app.push_screen(ChatPicker(lab, ()))
        await same_in_each_size(snapshot, ui, "smollm2-135m-instruct", "gsm8k-1")


def _tell_a_talk(story: Story) -> None:
    story.at(60 * 30).log.append(
        "chat/chat_2",
        ChatOpened(model=_MINI, provider="openai", system="Be brief.", temperature=0.5, seed=7),
        ChatTurnRecorded(
            question="Where is my parcel?",
            answer="At the depot:\n\n1. it came on **Monday**\n2. it waits\n\n"
            "| day | place |\n|---|---|\n| Monday | depot |\n| Tuesday | at your door |",
            prompt_tokens=21,
            completion_tokens=14,
            seconds=0.8,
            cost=0.00012,
        ),
        ChatTurnRecorded(
            question="Since when does it wait there, and for how long may it?",
            answer="It waits since Monday. " * 12,
            finish_reason="length",
            seconds=0.3,
        ),
        ChatTurnRated(turn=1, rating="up"),
        ChatTurnRated(turn=2, rating="down"),
    )
