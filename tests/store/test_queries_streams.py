from __future__ import annotations

from datetime import UTC, datetime

from store.database import Database
from store.events import JobMessageReceived, LabCreated
from store.log import EventLog
from store.queries.streams import (
    event_of,
    events_of,
    lab_id,
    newest_event,
    stream_names,
    stream_version,
)


def _said(text: str) -> JobMessageReceived:
    return JobMessageReceived(level="info", text=text)


def test_a_lab_is_named_by_its_first_event(log: EventLog) -> None:
    assert lab_id(log.database.reader) == ""

    (first,) = log.append("lab", LabCreated(ftlab="0.1.0"))
    log.append("job/a", _said("later"))

    assert lab_id(log.database.reader) == first.hash.hex()[:16]


def test_the_newest_event_is_the_last(log: EventLog) -> None:
    assert newest_event(log.database.reader) is None

    *_, last = log.append("job/a", _said("one"), _said("two"))

    assert newest_event(log.database.reader) == last


def test_streams_are_listed_by_their_beginning_and_their_news(database: Database) -> None:
    days = iter(range(1, 9))
    log = EventLog(database, "tester", clock=lambda: datetime(2026, 11, next(days), tzinfo=UTC))
    for stream in ("job/a", "lab", "lab/b", "label", "job/a"):
        log.append(stream, _said(""))

    assert stream_names(database.reader) == ["job/a", "lab", "lab/b", "label"]
    assert stream_names(database.reader, beginning="lab") == ["lab", "lab/b", "label"]
    since = "2026-11-03T00:00:00.000000Z"
    assert stream_names(database.reader, since=since) == ["job/a", "lab/b", "label"]


def test_events_of_some_streams_come_in_the_order_of_the_log(log: EventLog) -> None:
    for number in range(450):
        log.append(f"job/{number % 3}", _said(str(number)))
    everything = list(log.read())

    assert list(events_of(log.database.reader)) == everything
    found = list(events_of(log.database.reader, ["job/2", "job/0", "job/none"]))
    assert found == [event for event in everything if event.stream != "job/1"]


def test_an_event_is_found_by_its_place_in_its_stream(log: EventLog) -> None:
    log.append("job/b", _said("other"))
    _, second = log.append("job/a", _said("one"), _said("two"))

    assert event_of(log.database.reader, "job/a", 2) == second
    assert event_of(log.database.reader, "job/a", 3) is None
    assert stream_version(log.database.reader, "job/a") == 2
    assert stream_version(log.database.reader, "job/none") == 0
