from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import migrations
from store.errors import StoreError
from store.events import JobSubmitted, MetricGroup, MetricsRecorded
from store.log import EventLog, Write
from store.past import as_of
from store.projections import metrics
from store.tables import READ_MODELS
from store.verify import verify

if TYPE_CHECKING:
    from tests.store.conftest import History, Measured, Planned, Rows

    Scratch = Callable[[], AbstractContextManager[EventLog]]
    ReadRows = Callable[[sqlite3.Connection], Rows]

CHUNK = 5


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> object:
    """Make chunks so small that short histories cross their edges."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "CHUNK_POINTS", CHUNK)
        yield


def _append_one_by_one(log: EventLog, history: History) -> None:
    for stream, entry in history:
        log.append(stream, entry)


def _append_in_batches(log: EventLog, history: History, ends: set[int]) -> None:
    writes: list[Write] = []
    for number, (stream, entry) in enumerate(history):
        writes.append(Write(stream, [entry]))
        if number in ends:
            log.append_all(writes)
            writes = []
    log.append_all(writes)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_appending_one_by_one_or_in_batches_and_rebuilding_and_the_past_agree_on_every_row(
    data: st.DataObject,
    histories: st.SearchStrategy[History],
    scratch: Scratch,
    rows: ReadRows,
) -> None:
    history = data.draw(histories)
    ends = data.draw(st.sets(st.integers(0, max(0, len(history) - 1))))
    with scratch() as single, scratch() as batched:
        _append_one_by_one(single, history)
        _append_in_batches(batched, history, ends)
        appended = rows(single.database.reader)
        assert rows(batched.database.reader) == appended
        assert verify(batched.database).whole
        past = as_of(single.database, single.database.head())
        assert rows(past) == appended
        past.close()
        single.rebuild()
        assert rows(single.database.reader) == appended


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_past_equals_a_store_that_only_ever_got_the_first_events(
    data: st.DataObject,
    histories: st.SearchStrategy[History],
    scratch: Scratch,
    rows: ReadRows,
) -> None:
    history = data.draw(histories)
    with scratch() as whole, scratch() as young:
        _append_one_by_one(whole, history)
        seq = data.draw(st.integers(0, whole.database.head()))
        for stream, entry in history:
            if young.database.head() < seq:
                young.append(stream, entry)
        past = as_of(whole.database, seq)
        assert rows(past) == rows(young.database.reader)
        past.close()


@settings(max_examples=25, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.integers(0, 30), st.floats(), st.integers(0, 4)), min_size=1, max_size=40
    )
)
def test_the_same_points_batched_differently_give_identical_chunks_and_summaries(
    points: list[tuple[int, float, int]], scratch: Scratch, rows: ReadRows, measured: Measured
) -> None:
    with scratch() as single, scratch() as batched:
        for step, value, _ in points:
            single.append("job/a", measured(step, value))
        for _, batch in groupby(points, key=lambda point: point[2]):
            steps, values, _ = zip(*batch, strict=True)
            group = MetricGroup(steps=list(steps), values={"loss": list(values)})
            batched.append("job/a", MetricsRecorded(groups=[group]))
        assert rows(batched.database.reader) == rows(single.database.reader)


def test_a_rebuild_replaces_rows_that_were_tampered_with(filled: EventLog, rows: ReadRows) -> None:
    before = rows(filled.database.reader)
    with filled.database.transaction() as connection:
        connection.execute("UPDATE job SET loss = 0")
        connection.execute("DELETE FROM metric_chunk")
        connection.execute("DROP TABLE chat")

    assert filled.rebuild() == filled.database.head()

    assert rows(filled.database.reader) == before


def test_a_rebuild_tells_how_far_it_has_come(filled: EventLog) -> None:
    heard: list[tuple[int, int]] = []

    filled.rebuild(lambda done, total: heard.append((done, total)))

    head = filled.database.head()
    assert heard == [(head, head)]


def test_every_read_model_is_filled_by_the_sample_history(filled: EventLog, rows: ReadRows) -> None:
    found = rows(filled.database.reader)

    assert list(found) == [str(model.__tablename__) for model in READ_MODELS]
    assert all(found.values())


def test_a_changed_projection_rebuilds_by_itself_on_opening(
    filled: EventLog, rows: ReadRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(filled.database.reader)
    with filled.database.transaction() as connection:
        connection.execute("UPDATE job SET loss = 0")
    EventLog(filled.database, "the same version")
    assert rows(filled.database.reader) != before

    monkeypatch.setattr(migrations, "READ_MODELS", migrations.READ_MODELS + 1)
    told: list[tuple[int, int]] = []
    EventLog(filled.database, "the next version", progress=lambda *part: told.append(part))

    assert told[-1] == (filled.database.head(),) * 2
    assert rows(filled.database.reader) == before
    assert migrations.read_models_are_current(filled.database.reader)


def test_who_waited_while_another_process_rebuilt_does_not_do_it_again(
    filled: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "READ_MODELS", migrations.READ_MODELS + 1)
    answers = iter([False, True])
    monkeypatch.setattr(migrations, "read_models_are_current", lambda _: next(answers))

    EventLog(filled.database, "second in the queue")

    assert next(answers, None) is None
    version = filled.database.reader.execute("SELECT version FROM projection").fetchone()[0]
    assert version == migrations.READ_MODELS - 1


def test_a_fold_that_fails_leaves_nothing_and_the_log_goes_on(
    log: EventLog, planned: Planned, rows: ReadRows
) -> None:
    log.append("job/a", planned())
    before = rows(log.database.reader)

    with pytest.raises(StoreError, match="job"):
        log.append("job/a", planned("again"))

    assert log.version("job/a") == 1
    assert rows(log.database.reader) == before
    log.append("job/a", JobSubmitted(remote_id="4711"))
    assert log.version("job/a") == 2
    assert verify(log.database).whole


def test_a_number_that_no_row_can_hold_is_refused_in_plain_words(
    log: EventLog, planned: Planned
) -> None:
    with pytest.raises(StoreError, match="too large"):
        log.append("job/a", planned(seed=2**63))

    assert log.version("job/a") == 0


def test_readers_see_the_old_rows_until_a_rebuild_is_whole(filled: EventLog) -> None:
    def count() -> int:
        found: int = filled.database.reader.execute("SELECT COUNT(*) FROM job").fetchone()[0]
        return found

    counts: list[int] = []
    filled.rebuild(lambda *_: counts.append(count()))

    assert counts == [4]


def test_an_event_that_cannot_be_read_is_named_when_everything_is_folded_anew(
    filled: EventLog,
) -> None:
    connection = filled.database.writer
    connection.execute("DROP TRIGGER event_is_never_changed")
    connection.execute("UPDATE event SET data = '{' WHERE seq = 4")

    with pytest.raises(StoreError, match=r"event 4 \(\w+\) cannot be read: `ftlab verify`"):
        filled.rebuild()
