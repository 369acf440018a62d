from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from store.database import Database
from store.errors import NotFoundError
from store.events import JobCancelRequested, JobMessageReceived
from store.log import EventLog
from store.queries.history import Filter, event, history, seq_at, tail
from store.recorded import Recorded

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAID = JobMessageReceived(level="info", text="x")


@pytest.fixture
def told(database: Database) -> Database:
    """Six events, a minute apart, of two actors in four streams."""
    minutes = iter(range(100))

    def clock() -> datetime:
        return START + timedelta(minutes=next(minutes))

    ann = EventLog(database, "cli:ann@desk", clock=clock)
    bob = EventLog(database, "ui:bob@desk", clock=clock)
    ann.append("job/job_1", SAID, JobCancelRequested())
    bob.append("job/job_10", SAID)
    bob.append("jobs", SAID)
    ann.append("job/j\U0010ffff", SAID)
    bob.append("job/job_1", SAID)
    return database


def _seqs(found: list[Recorded]) -> list[int]:
    return [row.seq for row in found]


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (Filter(), [1, 2, 3, 4, 5, 6]),
        (Filter(stream="job/job_10"), [3]),
        (Filter(stream="job/job_1"), [1, 2, 3, 6]),
        (Filter(stream="job/"), [1, 2, 3, 5, 6]),
        (Filter(stream="job"), [1, 2, 3, 4, 5, 6]),
        (Filter(stream="job/j\U0010ffff"), [5]),
        (Filter(stream="nothing"), []),
        (Filter(type="JobCancelRequested"), [2]),
        (Filter(actor="ann"), [1, 2, 5]),
        (Filter(actor="ui:"), [3, 4, 6]),
        (Filter(actor="%"), []),
        (Filter(since="2026-11-21T12:02:00.000000Z"), [3, 4, 5, 6]),
        (Filter(until="2026-11-21T12:02:00.000000Z"), [1, 2]),
        (Filter(stream="job/job_1", actor="bob", type="JobMessageReceived"), [3, 6]),
    ],
)
def test_each_filter_lets_through_what_fits(
    told: Database, wanted: Filter, seqs: list[int]
) -> None:
    assert _seqs(history(told.reader, wanted)) == seqs


def test_a_page_is_taken_from_either_end_and_is_always_oldest_first(told: Database) -> None:
    reader = told.reader
    job = Filter(stream="job/job_1")

    assert _seqs(history(reader, limit=2)) == [1, 2]
    assert _seqs(history(reader, limit=2, newest=True)) == [5, 6]
    assert _seqs(history(reader, after=4)) == [5, 6]
    assert _seqs(history(reader, before=3)) == [1, 2]
    assert _seqs(history(reader, before=5, limit=2, newest=True)) == [3, 4]
    assert _seqs(history(reader, job, limit=2, newest=True)) == [3, 6]
    assert _seqs(history(reader, job, after=2, before=6)) == [3]
    assert _seqs(history(reader, Filter(stream="job/"), limit=2, newest=True)) == [5, 6]
    assert _seqs(history(reader, limit=0)) == []


def test_one_event_is_found_by_its_seq(told: Database) -> None:
    assert event(told.reader, 2).type == "JobCancelRequested"
    with pytest.raises(NotFoundError, match="there is no event 7"):
        event(told.reader, 7)


@pytest.mark.parametrize(
    ("moment", "seq"),
    [
        ("2026-11-21T11:59:59.999999Z", 0),
        ("2026-11-21T12:00:00.000000Z", 1),
        ("2026-11-21T12:03:30.000000Z", 4),
        ("2027-01-01T00:00:00.000000Z", 6),
    ],
)
def test_the_seq_of_a_moment_is_that_of_the_last_event_before_it(
    told: Database, moment: str, seq: int
) -> None:
    assert seq_at(told.reader, moment) == seq


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(stream="job/job_1"), "sqlite_autoindex_event_1"),
        (Filter(type="JobFailed"), "event_type"),
        (Filter(stream="job/"), "PRIMARY KEY"),
        (Filter(), "PRIMARY KEY"),
    ],
)
def test_a_filter_uses_the_index_that_fits(told: Database, wanted: Filter, index: str) -> None:
    statements: list[str] = []
    told.reader.set_trace_callback(statements.append)
    history(told.reader, wanted)
    told.reader.set_trace_callback(None)

    plan = told.reader.execute(f"EXPLAIN QUERY PLAN {statements[0]}").fetchall()

    assert index in plan[0][3]


def test_a_tail_tells_each_time_the_log_has_grown(log: EventLog) -> None:
    log.append("job/a", SAID)
    growing = tail(log.database, 0, seconds=0.01)
    assert next(growing) == 1

    appending = threading.Thread(target=lambda: log.append("job/a", SAID, SAID))
    appending.start()
    assert next(growing) == 3
    appending.join()

    assert next(islice(tail(log.database, 2, seconds=0.01), 1)) == 3
