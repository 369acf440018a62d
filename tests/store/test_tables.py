"""The SQLModel tables and the plain SQL of the queries tell of the same columns."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel, select

from store import tables
from store.database import Database
from store.errors import NotFoundError
from store.log import EventLog
from store.past import as_of
from store.queries import chats, datasets, find, history, jobs, metrics, models, queue
from store.verify import verify

ROWS: list[tuple[type, type[SQLModel]]] = [
    (jobs.JobSummary, tables.Job),
    (jobs.CheckpointRow, tables.Checkpoint),
    (metrics.SeriesSummary, tables.MetricSeries),
    (datasets.DatasetRow, tables.DatasetVersion),
    (datasets.CountRow, tables.DatasetCount),
    (datasets.CheckRow, tables.DatasetCheck),
    (models.ModelRow, tables.Model),
    (chats.ChatRow, tables.Chat),
    (chats.ChatTurnRow, tables.ChatTurn),
]


@pytest.fixture
def session(filled: EventLog) -> Iterator[Session]:
    """A session of SQLModel's on the same file, as a user's own script would open."""
    engine = create_engine(f"sqlite:///{filled.database.path}")
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.mark.parametrize(("row", "model"), ROWS)
def test_a_row_has_only_columns_of_its_table(row: type, model: type[SQLModel]) -> None:
    of_others = {"dataset_name", "dataset_version", "base_name", "tags"}
    names = {field.name for field in dataclasses.fields(row)}
    assert names - of_others <= set(model.model_fields)


def test_the_detail_of_a_job_has_every_column_and_three_of_its_dataset() -> None:
    names = [field.name for field in dataclasses.fields(jobs.JobDetail)]

    assert names == [*tables.Job.model_fields, "dataset_name", "dataset_version", "examples"]


LISTS: list[tuple[Callable[[sqlite3.Connection], Sequence[Any]], type[SQLModel]]] = [
    (jobs.job_list, tables.Job),
    (lambda reader: jobs.checkpoints(reader, "job_1"), tables.Checkpoint),
    (lambda reader: metrics.series_list(reader, "job_1"), tables.MetricSeries),
    (datasets.dataset_list, tables.DatasetVersion),
    (lambda reader: datasets.counts_of(reader, "ds_2"), tables.DatasetCount),
    (lambda reader: datasets.checks_of(reader, "ds_2"), tables.DatasetCheck),
    (models.model_list, tables.Model),
    (chats.chat_list, tables.Chat),
    (lambda reader: chats.chat_turns(reader, "chat_1"), tables.ChatTurn),
]


def _values(rows: Sequence[Any], names: Sequence[str]) -> list[str]:
    return sorted(str([getattr(row, name) for name in names]) for row in rows)


@pytest.mark.parametrize(("ask", "model"), LISTS)
def test_queries_say_what_sqlmodel_says(
    filled: EventLog,
    session: Session,
    ask: Callable[[sqlite3.Connection], Sequence[Any]],
    model: type[SQLModel],
) -> None:
    answered = ask(filled.database.reader)
    query = select(model)
    if model in (tables.Checkpoint, tables.MetricSeries):
        query = query.where(model.job == "job_1")
    selected = session.exec(query).all()

    known = [field.name for field in dataclasses.fields(answered[0])]
    names = [name for name in known if name in model.model_fields]
    assert _values(answered, names) == _values(selected, names)


def test_every_read_model_is_listed_once() -> None:
    listed = [str(model.__tablename__) for model in tables.READ_MODELS]

    assert sorted(listed) == sorted(SQLModel.metadata.tables)


ANSWERS: list[tuple[Callable[[sqlite3.Connection], Any], Any]] = [
    (jobs.job_list, []),
    (lambda reader: jobs.job_list(reader, status="running", provider="local", limit=1), []),
    (lambda reader: jobs.jobs_by_id(reader, ["job_1"]), []),
    (lambda reader: jobs.changed_jobs(reader, 0), []),
    (lambda reader: jobs.checkpoints(reader, "job_1"), []),
    (lambda reader: metrics.series_list(reader, "job_1"), []),
    (lambda reader: len(metrics.series(reader, "job_1", "loss")), 0),
    (lambda reader: len(metrics.series(reader, "job_1", "loss", points=2)), 0),
    (queue.starting, []),
    (queue.slots_taken, []),
    (datasets.dataset_list, []),
    (lambda reader: datasets.versions_of(reader, "gsm8k"), []),
    (lambda reader: datasets.jobs_of(reader, "ds_1"), []),
    (models.model_list, []),
    (chats.chat_list, []),
    (lambda reader: chats.chat_list(reader, "model_1"), []),
    (lambda reader: chats.chat_turns(reader, "chat_1"), []),
    (history.history, []),
    (lambda reader: history.seq_at(reader, "9999"), 0),
    (lambda reader: find.names_and_ids(reader, "job"), []),
]


@pytest.mark.parametrize(("ask", "nothing"), ANSWERS)
def test_every_question_has_an_answer_in_an_empty_store_and_another_in_a_filled_one(
    log: EventLog,
    fill: Callable[[EventLog], None],
    ask: Callable[[sqlite3.Connection], Any],
    nothing: object,
) -> None:
    assert ask(log.database.reader) == nothing
    fill(log)
    found = ask(log.database.reader)
    assert found != nothing or "running" in ask.__code__.co_consts


SINGLE: list[Callable[[sqlite3.Connection, str], object]] = [
    jobs.job_detail,
    jobs.find_job,
    datasets.dataset,
    models.model,
]


@pytest.mark.parametrize("ask", SINGLE)
def test_what_does_not_exist_is_not_found(
    log: EventLog, ask: Callable[[sqlite3.Connection, str], object]
) -> None:
    with pytest.raises(NotFoundError):
        ask(log.database.reader, "nothing")


def test_no_question_leaves_a_lock_behind(tmp_path: Path, fill: Callable[[EventLog], None]) -> None:
    with closing(Database(tmp_path / "ftlab.db", journal="rollback")) as database:
        fill(EventLog(database, "tester"))
        with closing(sqlite3.connect(database.path, timeout=0, isolation_level=None)) as other:
            for ask, _ in ANSWERS:
                ask(database.reader)
                other.execute("BEGIN EXCLUSIVE")
                other.execute("ROLLBACK")
            jobs.job_detail(database.reader, "run")
            list(EventLog(database, "tester").read(stream="job/job_1"))
            as_of(database, 3).close()
            verify(database)
            other.execute("BEGIN EXCLUSIVE")
