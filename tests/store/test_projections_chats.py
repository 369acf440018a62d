from __future__ import annotations

from store.events import ChatOpened, ChatTurnRecorded
from store.log import EventLog
from store.queries.chats import ChatRow, ChatTurnRow, chat_list, chat_turns


def test_a_conversation_and_its_turns_become_rows_in_order(log: EventLog) -> None:
    (opened,) = log.append("chat/chat_1", ChatOpened(model="model_1", system="Be brief."))
    first, second = log.append(
        "chat/chat_1",
        ChatTurnRecorded(
            question="2 + 2?", answer="4", finish_reason="stop", completion_tokens=2, seconds=0.5
        ),
        ChatTurnRecorded(question="Why?", answer="Beca", error="the server went away"),
    )

    reader = log.database.reader
    assert chat_list(reader) == [ChatRow("chat_1", "model_1", "Be brief.", 2, opened.occurred)]
    assert chat_turns(reader, "chat_1") == [
        ChatTurnRow(1, "2 + 2?", "4", "stop", 2, 0.5, None, first.occurred),
        ChatTurnRow(2, "Why?", "Beca", None, None, None, "the server went away", second.occurred),
    ]


def test_a_turn_of_a_conversation_that_was_never_opened_has_no_row(log: EventLog) -> None:
    log.append("chat/chat_1", ChatTurnRecorded(question="?", answer="!"))

    assert chat_list(log.database.reader) == []
    assert chat_turns(log.database.reader, "chat_1") == []
