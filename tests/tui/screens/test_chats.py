from __future__ import annotations

from pathlib import Path

import pytest

from engine.looking import LookedAtLab
from engine.places import Places
from store.events import ChatOpened, ChatTurnRated, ChatTurnRecorded
from tests.tui.conftest import NOW, Drive, Driven, StillLab, Story
from tui.screens.chat import Chat
from tui.screens.chats import Chats
from tui.screens.jobs import Jobs
from tui.screens.past_chat import PastChat


@pytest.fixture
def talks(story: Story) -> Story:
    """Besides the conversation with gsm8k-1, one with a hosted base model."""
    opened = ChatOpened(
        model="gpt-4o-mini", provider="openai", system="Be brief.", temperature=0.5, max_tokens=64
    )
    story.at(30).log.append(
        "chat/chat_2",
        opened,
        ChatTurnRecorded(question="Where is my parcel?", answer="**At** the depot.", cost=0.0012),
        ChatTurnRecorded(question="Since when?", answer="Since Monday."),
        ChatTurnRated(turn=2, rating="down"),
    )
    return story


async def _listed(ui: Driven) -> Chats:
    await ui.press("L")
    await ui.until_shown("past chats", "gpt-4o-mini")
    assert isinstance(ui.app.screen, Chats)
    return ui.app.screen


async def test_all_conversations_are_listed(lab: StillLab, talks: Story, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        await _listed(ui)
        await ui.until_shown("ABOUT", "▼1", "$0.0012", "Where is my parcel?", "What is 2 + 2?")
        talks.at(0).log.append("chat/chat_3", ChatOpened(model="other"))
        await ui.until_shown("other")
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


async def test_conversations_are_searched(lab: StillLab, talks: Story, drive: Drive) -> None:
    del talks
    async with drive(lab, (80, 24)) as ui:
        await _listed(ui)
        await ui.press("slash", *"parcel", "enter")
        await ui.until_shown("1 of 2")
        assert "gsm8k-1" not in ui.screen_text()
        await ui.press("slash", *" rated:up", "enter")
        await ui.until_shown("No conversation fits")
        await ui.press("escape")
        await ui.until_shown("gsm8k-1", "gpt-4o-mini")


async def test_a_conversation_is_read_with_how_it_was_asked(
    lab: StillLab, talks: Story, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await _listed(ui)
        await ui.press("enter")
        await ui.until_shown(
            "past chat with gpt-4o-mini · at openai",
            "30m ago · temperature 0.5 · at most 64 tokens · system: Be brief.",
            "▸ Where is my parcel?",
            "  At the depot.",
            "▼ bad",
        )
        talks.at(0).log.append("chat/chat_2", ChatTurnRecorded(question="Why?", answer="Snow."))
        await ui.until_shown("▸ Why?", "Snow.")
        await ui.press("x", "l")
        await ui.until(lambda: any("nothing can be taken out" in told for told in ui.told))
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Chats))


async def test_a_conversation_is_gone_on_with(lab: StillLab, talks: Story, drive: Drive) -> None:
    del talks
    async with drive(lab, (80, 24)) as ui:
        await _listed(ui)
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, PastChat))
        await ui.press("t")
        await ui.until_shown("── gone on with", "▸ Since when?", "ready")
        assert isinstance(ui.app.screen, Chat)


async def test_the_conversations_of_a_model_are_listed_from_its_chat(
    lab: StillLab, talks: Story, drive: Drive
) -> None:
    del talks
    async with drive(lab, (80, 24)) as ui:
        await ui.press("G", "t")
        await ui.until_shown("ready")
        await ui.press("ctrl+l")
        await ui.until_shown("past chats", "1 of 2")
        assert "parcel" not in ui.screen_text()


async def test_an_empty_list_says_how_to_begin(empty_lab: StillLab, drive: Drive) -> None:
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.press("L")
        await ui.until_shown("No conversations yet")
        await ui.press("enter", "t")
        assert isinstance(ui.app.screen, Chats)


async def test_what_only_may_be_looked_at_is_not_gone_on_with(
    lab: StillLab, talks: Story, drive: Drive, home: Path
) -> None:
    del talks
    looked_at = LookedAtLab(Places(home, home / "ftlab.db"))
    async with drive(lab, (80, 24)) as ui:
        await ui.app.push_screen(Chats(looked_at, lambda: NOW))
        await ui.until_shown("gpt-4o-mini")
        await ui.press("t")
        await ui.until(lambda: any("--read-only" in told for told in ui.told))
        assert isinstance(ui.app.screen, Chats)
    looked_at.close()
