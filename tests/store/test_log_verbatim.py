"""Facts of other logs, appended as they are."""

from __future__ import annotations

import json

import pytest

from store.errors import StoreError
from store.events import ChatOpened, EventsImported, LabCreated
from store.log import FIRST_OF_ALL, Entry, EventLog, Verbatim, Write
from store.queries.chats import chat_list
from store.verify import verify


def test_a_fact_of_an_unknown_type_is_kept_as_it_is(log: EventLog) -> None:
    text = '{"verdict": "as good",  "score": 1.50}'

    (recorded,) = log.append("suite/s", Entry(Verbatim("EvaluationJudged", 3, text)))

    assert (recorded.type, recorded.schema, recorded.data) == ("EvaluationJudged", 3, text)
    assert log.facts("suite/s") == []
    assert verify(log.database).whole


def test_a_fact_of_a_known_type_is_folded_like_any_other(log: EventLog) -> None:
    fact = ChatOpened(model="m")

    same = Verbatim("ChatOpened", fact.schema_number, fact.model_dump_json())
    log.append("chat/a", Entry(same))

    assert log.facts("chat/a") == [fact]
    assert [chat.model for chat in chat_list(log.database.reader)] == ["m"]


def test_a_text_that_does_not_fit_its_type_is_refused_and_leaves_nothing(log: EventLog) -> None:
    with pytest.raises(ValueError, match="model"):
        log.append("chat/a", LabCreated(ftlab="0.1.0"), Entry(Verbatim("ChatOpened", 1, "{}")))

    assert log.database.head() == 0


def test_a_class_that_is_not_registered_is_still_refused(log: EventLog) -> None:
    class Forged(ChatOpened):
        type_name = "Forged"

    with pytest.raises(StoreError, match="Forged is no registered event type"):
        log.append("chat/a", Forged(model="m"))


def test_the_first_of_an_append_can_be_the_cause_of_the_others(log: EventLog) -> None:
    log.append("lab", LabCreated(ftlab="0.1.0"))
    told = EventsImported(archive="a" * 64, origins=())
    entries = [Entry(ChatOpened(model="m"), cause=FIRST_OF_ALL), Entry(ChatOpened(model="n"))]

    recorded = log.append_all([Write("archive/a", [told]), Write("chat/a", entries[:1])])
    (later,) = log.append("chat/b", entries[1])

    assert [event.cause for event in recorded] == [None, 2]
    assert later.cause is None
    assert json.loads(recorded[0].data)["origins"] == []
