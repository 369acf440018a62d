"""Past conversations: in short, searched, and the models that were met in them."""

from __future__ import annotations

import pytest

from store.errors import NotFoundError
from store.events import ChatOpened, ChatTurnRated, ChatTurnRecorded, ModelRegistered
from store.log import EventLog
from store.queries.chat_search import CHATS, bases_met, chat_count, chat_summaries
from store.queries.chats import chat, turn_count
from tests.store.conftest import Planned


@pytest.fixture
def talks(log: EventLog) -> EventLog:
    """A conversation with a model version, and one with a base model of a service."""
    model = ModelRegistered(
        id="mdl_1", name="support-1", kind="adapter", base_model="tiny", hyperparameters={}
    )
    log.append("model/mdl_1", model)
    log.append(
        "chat/chat_a",
        ChatOpened(model="mdl_1", temperature=0.0),
        _turn("Where is my parcel?", "At the depot.", 0.001),
        _turn("Since when?", "Since **Monday**.", None),
        ChatTurnRated(turn=1, rating="up"),
        ChatTurnRated(turn=2, rating="down"),
    )
    log.append("chat/chat_b", ChatOpened(model="gpt-4o-mini", provider="openai"))
    return log


def _turn(question: str, answer: str, cost: float | None) -> ChatTurnRecorded:
    return ChatTurnRecorded(
        question=question, answer=answer, prompt_tokens=10, completion_tokens=5, cost=cost
    )


def test_a_conversation_is_told_in_short(talks: EventLog) -> None:
    newest, oldest = chat_summaries(talks.database.reader)
    assert (oldest.id, oldest.model) == ("chat_a", "mdl_1")
    assert (oldest.name, oldest.base, oldest.provider) == ("support-1", "tiny", "local")
    assert (oldest.turns, oldest.first, oldest.tokens) == (2, "Where is my parcel?", 30)
    assert (oldest.cost, oldest.up, oldest.down) == (0.001, 1, 1)
    assert (newest.name, newest.base) == ("gpt-4o-mini", "")
    assert (newest.turns, newest.first) == (0, None)
    assert (newest.tokens, newest.cost, newest.last_at) == (None, None, newest.opened_at)
    assert chat_count(talks.database.reader) == 2


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["chat_b", "chat_a"]),
        ("depot", ["chat_a"]),
        ("model:support", ["chat_a"]),
        ("provider:openai", ["chat_b"]),
        ("turns>1", ["chat_a"]),
        ("rated:down", ["chat_a"]),
        ("-rated:any", ["chat_b"]),
        ("answer:monday", ["chat_a"]),
        ("parcel provider:openai", []),
    ],
)
def test_conversations_are_searched(talks: EventLog, search: str, found: list[str]) -> None:
    told = chat_summaries(talks.database.reader, CHATS.search(search))
    assert [each.id for each in told] == found


def test_a_conversation_is_found_by_its_id_or_a_beginning(talks: EventLog) -> None:
    reader = talks.database.reader
    assert chat(reader, "chat_a").turns == turn_count(reader, "chat_a") == 2
    assert chat(reader, "chat_b").model == "gpt-4o-mini"
    assert turn_count(reader, "chat_c") == 0
    with pytest.raises(NotFoundError, match="ftlab chats"):
        chat(reader, "chat_c")


def test_base_models_that_were_met_are_named_with_their_providers(
    talks: EventLog, planned: Planned
) -> None:
    talks.append("job/job_1", planned(provider="azure", base_model="gpt-4o"))
    assert bases_met(talks.database.reader) == [
        ("gpt-4o", "azure"),
        ("gpt-4o-mini", "openai"),
        ("tiny", "local"),
    ]
