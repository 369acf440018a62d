from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from store.errors import StoreError
from store.log import EventLog
from store.projections.rows import Rows
from store.projections.shapes import plain, shape_of
from store.tables import READ_MODELS, Checkpoint, Job, RemoteEvent


@pytest.fixture
def connection(filled: EventLog) -> sqlite3.Connection:
    """A database with rows in its tables."""
    return filled.database.writer


@pytest.fixture
def rows(connection: sqlite3.Connection) -> Rows:
    return Rows(connection)


@pytest.fixture
def asked(connection: sqlite3.Connection) -> Iterator[list[str]]:
    """Every statement that SQLite is given from now on."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    yield statements
    connection.set_trace_callback(None)


def _checkpoint(step: int, path: str | None = None) -> Checkpoint:
    return plain(Checkpoint)(job="job_1", step=step, path=path, saved_at="noon")


def _steps(connection: sqlite3.Connection) -> list[tuple[int, str | None]]:
    query = "SELECT step, path FROM checkpoint WHERE job = 'job_1' ORDER BY step"
    return list(connection.execute(query))


def test_a_row_is_looked_up_once(rows: Rows, asked: list[str]) -> None:
    assert rows.get(Job, "job_1") is rows.get(Job, "job_1")

    assert len(asked) == 1


def test_a_row_that_does_not_exist_is_none(rows: Rows) -> None:
    assert rows.get(Job, "job_9") is None
    with pytest.raises(StoreError, match="a row of job is missing"):
        rows.get_one(Job, "job_9")


def test_only_what_changed_is_written_and_only_once(rows: Rows, asked: list[str]) -> None:
    job, _same = rows.get_one(Job, "job_1"), rows.get_one(Job, "job_2")
    job.step, job.loss, job.name = 7, 0.25, "run"
    del asked[:]

    rows.write()
    rows.write()

    assert asked == ['UPDATE job SET "step" = 7, "loss" = 0.25 WHERE "id" = \'job_1\'']


def test_what_is_changed_after_it_was_written_is_written_again(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    added = _checkpoint(9)
    rows.add(added)
    rows.write()
    added.path = "checkpoint-9"
    rows.write()

    assert _steps(connection) == [(2, "checkpoint-2"), (9, "checkpoint-9")]


def test_a_key_that_is_taken_is_refused_whether_the_row_is_stored_known_or_new(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    rows.add(_checkpoint(2))
    with pytest.raises(sqlite3.IntegrityError):
        rows.write()

    known = Rows(connection)
    known.get_one(Checkpoint, ("job_1", 2))
    with pytest.raises(sqlite3.IntegrityError):
        known.add(_checkpoint(2))

    new = Rows(connection)
    new.add(_checkpoint(9))
    with pytest.raises(sqlite3.IntegrityError):
        new.add(_checkpoint(9))


def test_merging_replaces_all_values_of_the_row_with_that_key(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    rows.merge(_checkpoint(2))
    rows.merge(_checkpoint(3, "here"))
    rows.merge(_checkpoint(3, "there"))
    rows.write()

    assert _steps(connection) == [(2, None), (3, "there")]


def test_a_search_finds_what_is_not_written_yet_and_gives_the_rows_that_are_known(
    rows: Rows,
) -> None:
    stored, added = rows.get_one(Checkpoint, ("job_1", 2)), _checkpoint(1)
    stored.path = "elsewhere"
    rows.add(added)

    by_job = rows.where(Checkpoint, job="job_1")

    assert [id(row) for row in by_job] == [id(added), id(stored)]
    assert rows.where(Checkpoint, job="job_1", path="elsewhere") == [stored]


def test_a_row_that_was_removed_is_gone_and_its_key_is_free(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    never_stored = _checkpoint(9)
    rows.add(never_stored)
    rows.delete(never_stored)
    rows.delete(rows.get_one(Checkpoint, ("job_1", 2)))
    assert rows.get(Checkpoint, ("job_1", 2)) is None

    rows.add(_checkpoint(2, "again"))
    rows.write()

    assert _steps(connection) == [(2, "again")]


def test_what_is_added_once_leaves_the_rows_that_are_there(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    rows.add_once(RemoteEvent, [("job_3", "ftevent-1"), ("job_3", "ftevent-9")])
    rows.add_once(RemoteEvent, [("job_3", "ftevent-9")])
    rows.write()

    found = connection.execute("SELECT event FROM remote_event WHERE job = 'job_3'").fetchall()
    assert sorted(event for (event,) in found) == [f"ftevent-{number}" for number in (1, 2, 3, 9)]


def test_rows_of_the_tables_own_class_are_taken_as_well(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    rows.merge(Checkpoint(job="job_1", step=2, path="own", saved_at="noon"))
    added = Checkpoint(job="job_1", step=3, saved_at="noon")
    rows.add(added)
    added.path = "its own"
    rows.write()

    assert _steps(connection) == [(2, "own"), (3, "its own")]


def test_every_row_of_every_table_can_be_read_and_written_back(
    rows: Rows, connection: sqlite3.Connection
) -> None:
    for table in READ_MODELS:
        shape = shape_of(table)
        stored = connection.execute(f"SELECT * FROM {shape.name}").fetchall()  # noqa: S608
        connection.execute(f"DELETE FROM {shape.name}")  # noqa: S608
        for values in stored:
            rows.add(plain(table)(**dict(zip(shape.columns, values, strict=True))))
        rows.write()

        assert connection.execute(f"SELECT * FROM {shape.name}").fetchall() == stored  # noqa: S608
        for values in stored:
            key = shape.key_of(values)
            assert shape.values_of(Rows(connection).get_one(table, key)) == values
