from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from store.catalogue import Catalogue
from store.database import Database
from store.errors import StoreError, StreamConflictError
from store.events import (
    ChatOpened,
    ChatTurnRecorded,
    Fact,
    JobMessageReceived,
    JobSubmitted,
    LabCreated,
)
from store.log import Entry, EventLog, Write
from store.queries.history import event
from store.queries.jobs import job_detail
from store.times import now, to_text
from store.verify import verify

if TYPE_CHECKING:
    from tests.store.conftest import Planned


def _said(text: str = "hello") -> JobMessageReceived:
    return JobMessageReceived(level="info", text=text)


def _texts(log: EventLog, stream: str) -> list[str]:
    return [json.loads(found.data)["text"] for found in log.read(stream=stream)]


def test_an_event_is_read_back_as_it_was_appended(log: EventLog) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=2)))
    log.append("lab", LabCreated(ftlab="0.1.0"))

    before = now()
    entry = Entry(_said("héllo"), occurred=moment, key="remote-1", cause=1)
    (recorded,) = log.append("job/a", entry)

    assert recorded == event(log.database.reader, 2) == list(log.read())[1]
    assert recorded[:5] == (2, "job/a", 1, "JobMessageReceived", 2)
    assert to_text(before) <= recorded.at <= to_text(now())
    assert recorded.occurred == "2026-01-02T01:04:05.000678Z"
    assert recorded[7:11] == ("tester", 1, "remote-1", '{"level":"info","text":"héllo","data":{}}')
    assert len(recorded.hash) == 32


def test_an_event_that_tells_no_time_occurred_when_it_was_recorded(log: EventLog) -> None:
    (recorded,) = log.append("job/a", _said())

    assert recorded.occurred == recorded.at


def test_the_clock_of_the_log_tells_the_time_of_recording(database: Database) -> None:
    log = EventLog(database, "tester", clock=lambda: datetime(2026, 11, 21, tzinfo=UTC))

    (recorded,) = log.append("job/a", _said())

    assert recorded.at == "2026-11-21T00:00:00.000000Z"


def test_an_event_as_json_has_its_data_unpacked_and_its_hash_in_hexadecimal(log: EventLog) -> None:
    (recorded,) = log.append("job/a", _said())

    found = json.loads(json.dumps(recorded.as_json()))

    assert found["data"] == {"level": "info", "text": "hello", "data": {}}
    assert bytes.fromhex(found["hash"]) == recorded.hash
    assert (found["seq"], found["stream"], found["cause"]) == (1, "job/a", None)


def test_seq_counts_the_log_and_version_counts_the_stream(log: EventLog) -> None:
    log.append("job/a", _said(), _said())
    log.append("job/b", _said())
    log.append("job/a", _said())

    assert [(found.seq, found.stream, found.version) for found in log.read()] == [
        (1, "job/a", 1),
        (2, "job/a", 2),
        (3, "job/b", 1),
        (4, "job/a", 3),
    ]
    assert (log.version("job/a"), log.version("job/b"), log.version("job/c")) == (3, 1, 0)
    assert log.database.head() == 4


def test_a_writer_that_knows_the_present_version_appends(log: EventLog) -> None:
    log.append("job/a", _said(), expected=0)
    log.append("job/a", _said(), expected=1)

    assert log.version("job/a") == 2


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_stale_version_is_a_conflict_that_names_both_and_records_nothing(
    log: EventLog, expected: int
) -> None:
    log.append("job/a", _said(), _said())

    with pytest.raises(StreamConflictError) as caught:
        log.append("job/a", _said(), expected=expected)

    assert (caught.value.stream, caught.value.expected, caught.value.actual) == (
        "job/a",
        expected,
        2,
    )
    assert f"job/a is at version 2, not {expected}" in str(caught.value)
    assert log.database.head() == 2


def test_two_writers_that_know_the_same_version_do_not_both_get_through(
    log: EventLog, planned: Planned
) -> None:
    other_database = Database(log.database.path)
    other = EventLog(other_database, "other")
    log.append("job/a", planned())
    version = log.version("job/a")
    assert other.version("job/a") == version

    other.append("job/a", JobSubmitted(remote_id="1"), expected=version)
    with pytest.raises(StreamConflictError):
        log.append("job/a", JobSubmitted(remote_id="2"), expected=version)

    assert job_detail(log.database.reader, "a").remote_id == "1"
    other_database.close()


def test_several_streams_are_written_together(log: EventLog, planned: Planned) -> None:
    recorded = log.append_all(
        [
            Write("job/a", [planned(), _said()], expected=0),
            Write("chat/b", [ChatOpened(model="m")], expected=0),
            Write("job/a", [_said()], expected=2),
        ]
    )

    assert [(found.stream, found.version) for found in recorded] == [
        ("job/a", 1),
        ("job/a", 2),
        ("chat/b", 1),
        ("job/a", 3),
    ]
    assert list(log.read()) == recorded


def test_a_conflict_in_the_second_stream_leaves_nothing_of_the_first(
    log: EventLog, planned: Planned
) -> None:
    log.append("chat/b", ChatOpened(model="m"))

    with pytest.raises(StreamConflictError, match="chat/b"):
        log.append_all(
            [Write("job/a", [planned()], expected=0), Write("chat/b", [_said()], expected=0)]
        )

    assert log.database.head() == 1
    assert log.database.reader.execute("SELECT COUNT(*) FROM job").fetchone() == (0,)


def test_nothing_at_all_may_be_appended(log: EventLog) -> None:
    assert log.append_all([]) == []
    assert log.append("job/a") == []
    assert log.database.head() == 0


def test_a_fact_with_a_key_is_recorded_once_however_often_it_is_offered(log: EventLog) -> None:
    first = log.append("job/a", Entry(_said("1"), key="k1"), Entry(_said("twice"), key="k1"))
    second = log.append("job/a", Entry(_said("again"), key="k1"), Entry(_said("2"), key="k2"))

    assert [len(first), len(second)] == [1, 1]
    assert _texts(log, "job/a") == ["1", "2"]
    assert log.version("job/a") == 2


def test_a_key_counts_within_its_stream_only(log: EventLog) -> None:
    log.append("job/a", Entry(_said(), key="k1"))
    log.append("job/b", Entry(_said(), key="k1"))

    assert log.database.head() == 2


def test_seq_has_no_gap_after_failed_appends(log: EventLog, planned: Planned) -> None:
    log.append("job/a", planned())
    with pytest.raises(StreamConflictError):
        log.append("job/a", _said(), expected=0)
    with pytest.raises(StoreError):
        log.append_all([Write("job/a", [_said()]), Write("job/b", [planned(seed=2**63)])])
    log.append("job/a", _said())

    assert [found.seq for found in log.read()] == [1, 2]
    assert verify(log.database).whole


def test_an_unknown_type_is_refused_on_append(log: EventLog) -> None:
    class HologramShown(Fact):
        type_name = "HologramShown"

    with pytest.raises(StoreError, match="HologramShown is no registered event type"):
        log.append("chat/a", ChatOpened(model="m"), HologramShown())

    assert log.database.head() == 0


def test_an_unknown_type_in_the_log_is_skipped_when_it_is_folded_and_read_as_facts(
    database: Database,
) -> None:
    class HologramShown(Fact):
        type_name = "HologramShown"

    newer = EventLog(database, "newer", Catalogue([HologramShown, LabCreated]))
    newer.append("lab", LabCreated(ftlab="9.0"), HologramShown())

    log = EventLog(database, "older")

    assert log.rebuild() == 2
    assert log.facts("lab") == [LabCreated(ftlab="9.0")]
    assert [found.type for found in log.read()] == ["LabCreated", "HologramShown"]
    assert verify(database).whole


def test_a_fact_that_is_no_valid_json_text_is_refused_in_plain_words(log: EventLog) -> None:
    with pytest.raises(StoreError, match="JobMessageReceived cannot be recorded"):
        log.append("job/a", _said("half a surrogate pair: \ud800"))

    assert log.database.head() == 0


def test_what_is_folded_is_what_was_recorded(log: EventLog, planned: Planned) -> None:
    log.append("job/a", planned(hyperparameters={"learning_rate": float("nan")}))

    appended = job_detail(log.database.reader, "a")
    log.rebuild()

    assert job_detail(log.database.reader, "a") == appended
    assert verify(log.database).whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET data = '{}' WHERE seq = 1",
        "UPDATE event SET hash = x'00'",
        "DELETE FROM event WHERE seq = 2",
        "DELETE FROM event",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_event(
    log: EventLog, statement: str
) -> None:
    log.append("job/a", _said(), _said())
    before = list(log.read())

    with (
        pytest.raises(StoreError, match="append-only"),
        log.database.transaction() as connection,
    ):
        connection.execute(statement)

    assert list(log.read()) == before


@pytest.mark.parametrize("seq", [0, 2, 4, -1])
def test_the_database_itself_refuses_a_gap(log: EventLog, seq: int) -> None:
    log.append("job/a", _said(), _said())

    with (
        pytest.raises(StoreError, match="seq must follow the last event"),
        log.database.transaction() as connection,
    ):
        connection.execute(
            "INSERT INTO event SELECT ?, 'job/b', 1, type, schema, at, occurred, actor, cause, "
            "key, data, hash FROM event WHERE seq = 1",
            (seq,),
        )


def test_replacing_an_event_is_refused_too(log: EventLog) -> None:
    log.append("job/a", _said(), _said())

    with (
        pytest.raises(StoreError, match=r"seq must follow|append-only"),
        log.database.transaction() as connection,
    ):
        connection.execute("INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 2")


def test_reading_goes_on_after_a_seq_and_within_a_stream(log: EventLog) -> None:
    for number in range(6):
        log.append(f"job/{number % 2}", _said(str(number)))
    log.append("job/0", *(_said(str(number)) for number in range(6, 1206)))

    assert [found.seq for found in log.read()] == list(range(1, 1207))
    assert [found.seq for found in log.read(after=1200)] == list(range(1201, 1207))
    assert [found.seq for found in log.read(stream="job/1")] == [2, 4, 6]
    assert [found.seq for found in log.read(stream="job/1", after=2)] == [4, 6]
    assert [found.seq for found in log.read(stream="job/0", after=6)] == list(range(7, 1207))
    assert list(log.read(stream="job/0", after=1206)) == []


def test_a_slow_reader_keeps_no_writer_waiting(log: EventLog) -> None:
    log.append("job/a", *(_said(str(number)) for number in range(600)))
    reading = log.read()
    next(reading)

    log.append("job/a", _said("later"))

    assert [found.seq for found in reading] == list(range(2, 602))


def test_facts_are_a_streams_facts_in_order(log: EventLog) -> None:
    log.append("chat/a", ChatOpened(model="m"))
    log.append("chat/b", ChatOpened(model="other"))
    log.append("chat/a", ChatTurnRecorded(question="?", answer="!"))

    assert log.facts("chat/a") == [
        ChatOpened(model="m"),
        ChatTurnRecorded(question="?", answer="!"),
    ]


def test_threads_share_a_log_without_losing_anything(log: EventLog) -> None:
    def append(name: str) -> None:
        for number in range(50):
            log.append(f"job/{name}", _said(str(number)))

    threads = [threading.Thread(target=append, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(_texts(log, f"job/{name}") == [*map(str, range(50))] for name in "abcd")
    assert verify(log.database).whole


def test_a_database_that_was_closed_and_opened_again_is_appended_to(
    log: EventLog, planned: Planned
) -> None:
    log.append("job/a", planned())
    log.database.close()

    database = Database(log.database.path)
    again = EventLog(database, "later")
    again.append("job/a", JobSubmitted(remote_id="4711"), expected=1)

    assert job_detail(database.reader, "a").status == "queued"
    assert [found.actor for found in again.read()] == ["tester", "later"]
    assert verify(database).whole
    database.close()


def test_an_append_is_one_transaction_with_its_read_models(log: EventLog, planned: Planned) -> None:
    seen: list[tuple[int, int]] = []

    def look() -> int:
        seen.append(log.database.reader.execute(both).fetchone())
        return 0

    both = "SELECT (SELECT COUNT(*) FROM event), (SELECT COUNT(*) FROM job)"
    log.database.writer.set_progress_handler(look, 1)
    log.append("job/a", planned())
    log.database.writer.set_progress_handler(None, 0)

    assert len(seen) > 10
    assert set(seen) <= {(0, 0), (1, 1)}
    assert log.database.reader.execute(both).fetchone() == (1, 1)


def test_an_error_of_the_caller_passes_through_unchanged(database: Database) -> None:
    given = StoreError("mine")

    with pytest.raises(StoreError) as caught, database.transaction():
        raise given

    assert caught.value is given
    assert not database.writer.in_transaction
