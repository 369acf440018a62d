"""Conversations of the log, gone on with or left for a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.chatting.recalling import recall
from engine.chatting.sampling import Sampling
from engine.conversations import Conversation
from engine.lab import Lab
from store.events import ChatOpened, ChatTurnRecorded
from store.queries.chats import chat_list, chat_turns

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def _ask(conversation: Conversation, question: str) -> str:
    return "".join(conversation.ask(question))


def _sent(standin: Standin) -> list[dict[str, str]]:
    sent = standin.requests[-1].json
    assert sent is not None
    messages: list[dict[str, str]] = sent["messages"]
    return messages


def test_a_conversation_is_recalled_with_its_settings_and_what_the_model_remembers(
    lab: Lab,
) -> None:
    opened = ChatOpened(model="m", system="Be brief.", temperature=0.5, max_tokens=9, stop=["END"])
    lab.log.append(
        "chat/chat_1",
        opened,
        ChatTurnRecorded(question="One?", answer="1"),
        ChatTurnRecorded(question="Never answered?", answer="", error="no connection"),
        ChatTurnRecorded(question="Stopped?", answer="", finish_reason="cancelled"),
        ChatTurnRecorded(question="Half?", answer="0.", finish_reason="cancelled"),
    )
    found = recall(lab.database.reader, "chat_1")
    assert (found.system, found.sampling) == ("Be brief.", Sampling(0.5, 9, None, ("END",)))
    assert found.exchanges == (("One?", "1"), ("Half?", "0."))


def test_a_conversation_that_is_gone_on_with_remembers_and_stays_one(
    hosted: Lab, standin: Standin
) -> None:
    sampling = Sampling(temperature=0.5, max_tokens=20)
    with hosted.open_chat("gpt-4o", provider="openai", system="Be brief.", temperature=0.5,
                          max_tokens=20) as first:  # fmt: skip
        one = _ask(first, "One?")
        assert (first.chat is not None, first.last_ordinal) == (True, 1)
    with hosted.open_chat("gpt-4o", provider="openai", chat=first.chat) as second:
        assert (second.system, second.sampling) == ("Be brief.", sampling)
        _ask(second, "Two?")
        assert (second.chat, second.last_ordinal) == (first.chat, 2)
    assert _sent(standin) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": one},
        {"role": "user", "content": "Two?"},
    ]
    reader = hosted.database.reader
    [chat] = chat_list(reader)
    assert [turn.question for turn in chat_turns(reader, chat.id)] == ["One?", "Two?"]


def test_a_new_conversation_remembers_nothing_and_is_recorded_as_another(
    hosted: Lab, standin: Standin
) -> None:
    with hosted.open_chat("gpt-4o", provider="openai") as conversation:
        _ask(conversation, "One?")
        conversation.begin_anew("Shout.", Sampling(temperature=1.0))
        assert conversation.chat is None
        _ask(conversation, "Two?")
    assert _sent(standin) == [
        {"role": "system", "content": "Shout."},
        {"role": "user", "content": "Two?"},
    ]
    newest, oldest = chat_list(hosted.database.reader)
    assert (oldest.system, oldest.temperature) == (None, 0.0)
    assert (newest.system, newest.temperature) == ("Shout.", 1.0)
