from __future__ import annotations

import pytest

from engine.chatting.rating import rate
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import ChatOpened, ChatTurnRecorded
from store.queries.chats import chat_turns


@pytest.fixture
def said(lab: Lab) -> Lab:
    lab.log.append("chat/chat_1", ChatOpened(model="m"), ChatTurnRecorded(question="?", answer="!"))
    return lab


def _rating(lab: Lab) -> str | None:
    return chat_turns(lab.database.reader, "chat_1")[0].rating


def test_an_answer_is_rated_and_the_rating_taken_back(said: Lab) -> None:
    rate(said, "chat_1", 1, "up")
    assert _rating(said) == "up"
    rate(said, "chat_1", 1, None)
    assert _rating(said) is None


def test_what_is_thought_already_is_not_said_again(said: Lab) -> None:
    rate(said, "chat_1", 1, "down")
    head = said.database.head()
    rate(said, "chat_1", 1, "down")
    assert said.database.head() == head


def test_an_answer_that_is_not_there_cannot_be_rated(said: Lab) -> None:
    with pytest.raises(NotFoundError, match="no answer 2"):
        rate(said, "chat_1", 2, "up")
