"""Reading what older versions of ftlab recorded.

The conversation fact of these tests had three forms: it called its model `llm`, then `model_id`,
and has had a `system` since the third.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from store import events
from store.catalogue import CATALOGUE, Catalogue
from store.database import Database
from store.events import Fact
from store.log import EventLog
from store.past import as_of
from store.queries.chats import ChatRow, chat_list
from store.verify import verify


class _ChatOpened(Fact):
    """What the projection reads, and these versions did not record."""

    type_name = "ChatOpened"
    provider: ClassVar[str] = "local"
    temperature: ClassVar[None] = None
    max_tokens: ClassVar[None] = None
    seed: ClassVar[None] = None
    stop: ClassVar[tuple[str, ...]] = ()


class FirstChatOpened(_ChatOpened):
    llm: str

    @property
    def model(self) -> str:
        """What the projection of that time read."""
        return self.llm

    @property
    def system(self) -> None:
        return None


class SecondChatOpened(_ChatOpened):
    schema_number = 2
    model_id: str

    @property
    def model(self) -> str:
        return self.model_id

    @property
    def system(self) -> None:
        return None


class ThirdChatOpened(_ChatOpened):
    schema_number = 3
    model: str
    system: str | None


def _to_second(data: dict[str, Any]) -> dict[str, Any]:
    return {"model_id": data["llm"]}


def _to_third(data: dict[str, Any]) -> dict[str, Any]:
    return {"model": data["model_id"], "system": None}


TO_SECOND = {("ChatOpened", 1): _to_second}
FIRST = Catalogue([FirstChatOpened])
SECOND = Catalogue([SecondChatOpened], TO_SECOND)
THIRD = Catalogue([ThirdChatOpened], TO_SECOND | {("ChatOpened", 2): _to_third})


@pytest.fixture
def old(database: Database) -> Database:
    """A database that the first and the second version have written to."""
    EventLog(database, "0.1", FIRST).append("chat/a", FirstChatOpened(llm="one"))
    EventLog(database, "0.2", SECOND).append("chat/b", SecondChatOpened(model_id="two"))
    return database


def test_old_records_are_read_as_the_newest_schema(old: Database) -> None:
    log = EventLog(old, "0.3", THIRD)

    assert log.facts("chat/a") == [ThirdChatOpened(model="one", system=None)]
    assert log.facts("chat/b") == [ThirdChatOpened(model="two", system=None)]


def test_old_and_new_records_fold_into_the_same_read_model(old: Database) -> None:
    log = EventLog(old, "0.3", THIRD)
    log.append("chat/c", ThirdChatOpened(model="three", system="Be brief."))

    log.rebuild()

    found = {row.id: (row.model, row.system) for row in chat_list(old.reader)}
    assert found == {"a": ("one", None), "b": ("two", None), "c": ("three", "Be brief.")}


def test_what_was_recorded_stays_as_it_was(old: Database) -> None:
    before = list(EventLog(old, "0.2", SECOND).read())

    EventLog(old, "0.3", THIRD).rebuild()

    assert list(EventLog(old, "0.3", THIRD).read()) == before
    assert [(event.schema, event.data) for event in before] == [
        (1, '{"llm":"one"}'),
        (2, '{"model_id":"two"}'),
    ]


def test_verifying_and_looking_back_upcast_too(old: Database) -> None:
    assert verify(old, catalogue=THIRD).whole
    past = as_of(old, 1, catalogue=THIRD)
    rows = chat_list(past)
    past.close()
    assert [(row.id, row.model) for row in rows] == [("a", "one")]


def test_a_schema_or_type_of_a_newer_version_is_no_fact_and_changes_no_row(
    database: Database,
) -> None:
    newer = EventLog(database, "0.3", THIRD)
    newer.append("chat/c", ThirdChatOpened(model="three", system=None))
    older = EventLog(database, "0.1", FIRST)

    assert older.facts("chat/c") == []
    assert older.rebuild() == 1
    assert chat_list(database.reader) == []
    assert verify(database, catalogue=FIRST).whole
    assert FIRST.read("HologramShown", 1, "{}") is None

    newer.rebuild()
    assert chat_list(database.reader) == [
        ChatRow("c", "three", "local", None, None, None, None, "[]", 0, next(newer.read()).occurred)
    ]


def test_a_type_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="two event types are called ChatOpened"):
        Catalogue([ThirdChatOpened, FirstChatOpened], THIRD._upcasts)


def test_a_missing_upcast_is_noticed_at_once() -> None:
    with pytest.raises(ValueError, match="ChatOpened has no upcast from schema 2"):
        Catalogue([ThirdChatOpened], TO_SECOND)


def test_only_the_registered_class_is_known() -> None:
    assert THIRD.knows(ThirdChatOpened(model="m", system=None))
    assert not THIRD.knows(FirstChatOpened(llm="m"))


def test_recorded_text_that_does_not_fit_its_type_is_an_error() -> None:
    with pytest.raises(ValidationError):
        THIRD.read("ChatOpened", 3, '{"model": 5}')


def test_the_catalogue_holds_every_fact_of_ftlab_under_its_class_name() -> None:
    facts = {
        name
        for name, value in vars(events).items()
        if isinstance(value, type) and issubclass(value, Fact) and value is not Fact
    }

    assert set(CATALOGUE.names()) == facts
