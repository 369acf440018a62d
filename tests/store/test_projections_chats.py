from __future__ import annotations

from store.catalogue import CATALOGUE
from store.events import ChatOpened, ChatTurnRated, ChatTurnRecorded
from store.log import EventLog
from store.queries.chats import ChatRow, ChatTurnRow, chat_list, chat_turns


def test_a_conversation_and_its_turns_become_rows_in_order(log: EventLog) -> None:
    chat = ChatOpened(
        model="model_1",
        provider="openai",
        system="Be brief.",
        temperature=0.5,
        max_tokens=64,
        seed=7,
        stop=["END"],
    )
    (opened,) = log.append("chat/chat_1", chat)
    first, second = log.append(
        "chat/chat_1",
        ChatTurnRecorded(
            question="2 + 2?",
            answer="4",
            finish_reason="stop",
            prompt_tokens=9,
            completion_tokens=2,
            seconds=0.5,
            cost=0.0001,
        ),
        ChatTurnRecorded(question="Why?", answer="Beca", error="the server went away"),
    )

    reader = log.database.reader
    assert chat_list(reader) == [
        ChatRow(
            "chat_1", "model_1", "openai", "Be brief.", 0.5, 64, 7, '["END"]', 2, opened.occurred
        )
    ]
    assert chat_turns(reader, "chat_1") == [
        ChatTurnRow(1, "2 + 2?", "4", "stop", 9, 2, 0.5, 0.0001, None, None, first.occurred),
        ChatTurnRow(
            2,
            "Why?",
            "Beca",
            *(None, None, None, None, None),
            "the server went away",
            None,
            second.occurred,
        ),
    ]


def test_a_turn_of_a_conversation_that_was_never_opened_has_no_row(log: EventLog) -> None:
    log.append("chat/chat_1", ChatTurnRecorded(question="?", answer="!"))

    assert chat_list(log.database.reader) == []
    assert chat_turns(log.database.reader, "chat_1") == []


def test_what_was_recorded_before_there_were_hosted_models_was_said_to_local_ones() -> None:
    opened = CATALOGUE.read("ChatOpened", 1, '{"model": "mdl_1", "system": null}')
    assert opened == ChatOpened(model="mdl_1", provider="local")
    turn = CATALOGUE.read("ChatTurnRecorded", 1, '{"question": "1 + 1?", "answer": "2"}')
    assert turn == ChatTurnRecorded(question="1 + 1?", answer="2")


def test_the_newest_rating_of_an_answer_counts(log: EventLog) -> None:
    log.append("chat/chat_1", ChatOpened(model="model_1"))
    for question in ("One?", "Two?", "Three?"):
        log.append("chat/chat_1", ChatTurnRecorded(question=question, answer="!"))
    log.append(
        "chat/chat_1",
        ChatTurnRated(turn=1, rating="up"),
        ChatTurnRated(turn=2, rating="up"),
        ChatTurnRated(turn=2, rating="down"),
        ChatTurnRated(turn=3, rating="down"),
        ChatTurnRated(turn=3, rating=None),
        ChatTurnRated(turn=9, rating="up"),
    )

    turns = chat_turns(log.database.reader, "chat_1")
    assert [turn.rating for turn in turns] == ["up", "down", None]
