"""Folding events into the read models, in the transaction that appends them.

Each module of this package folds the events of one kind of stream; a fold is a plain function of
the rows as they stand and one event. Position and hash of the last folded event are kept beside the
rows and committed with them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement
from sqlmodel import SQLModel

from store import migrations
from store.catalogue import Catalogue
from store.chain import GENESIS
from store.database import Database
from store.errors import StoreError, UnreadableEventError
from store.events import Fact
from store.projections import (
    chats,
    datasets,
    evaluations,
    hosted,
    jobs,
    metrics,
    models,
    queue,
    recordings,
    suites,
    sweeps,
)
from store.projections.fold import Fold
from store.projections.rows import Rows
from store.recorded import COLUMNS, Recorded
from store.tables import READ_MODELS

Folded = tuple[Recorded, Fact | None]
Progress = Callable[[int, int], None]

_FOLDS: dict[str, tuple[Fold, ...]] = {}
for _module in (
    jobs,
    queue,
    hosted,
    metrics,
    datasets,
    models,
    chats,
    suites,
    recordings,
    evaluations,
    sweeps,
):
    for _fact, _fold in _module.FOLDS.items():
        _FOLDS[_fact.type_name] = (*_FOLDS.get(_fact.type_name, ()), _fold)

_BATCH = 500


class Projections:
    """Keeps the read models of a database in step with its log.

    Args:
        database: where both are.
        catalogue: how recorded text is read back as facts.
    """

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self._folder = Folder(database.writer)

    def bring_up_to_date(self, progress: Progress | None = None) -> None:
        """Fold everything anew if other projections folded it."""
        if migrations.read_models_are_current(self._database.reader):
            return
        with self._database.transaction() as connection:
            # Another process may have done it while this one waited for its turn.
            if not migrations.read_models_are_current(connection):
                self._rebuild(connection, progress)

    def fold(self, events: Iterable[Folded]) -> None:
        """Fold new events; called inside the transaction that appended them."""
        self._folder.fold(events)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Drop the read models and fold the whole log; return the number of events.

        Everything happens in one transaction: readers see the old rows until the new ones are
        whole.
        """
        with self._database.transaction() as connection:
            return self._rebuild(connection, progress)

    def _rebuild(self, connection: sqlite3.Connection, progress: Progress | None) -> int:
        self._folder.create_tables()
        return fold_all(connection, self._folder, self._catalogue, progress)


class Folder:
    """Folds events into read models, on a connection that somebody else commits.

    Args:
        connection: where the read models are.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create_tables(self) -> None:
        """Make empty read models in place of what is there."""
        for model in READ_MODELS:
            table = SQLModel.metadata.tables[str(model.__tablename__)]
            # Another database, with a table of that name, may be attached.
            self._connection.execute(f"DROP TABLE IF EXISTS main.{table.name}")
            made: list[DDLElement] = [CreateTable(table), *map(CreateIndex, table.indexes)]
            for statement in made:
                self._connection.execute(str(statement.compile(dialect=sqlite.dialect())))
        self._keep_position(0, GENESIS)

    def fold(self, events: Iterable[Folded]) -> None:
        """Fold events, in the order of the log, and note how far the rows have come.

        An event without a fact (a newer ftlab's) changes no row.
        """
        last: Recorded | None = None
        rows = Rows(self._connection)
        with _plain_errors():
            for event, fact in events:
                last = event
                for fold in _FOLDS.get(event.type, ()) if fact is not None else ():
                    fold(rows, event, fact)
            metrics.write_gathered(rows)
            rows.write()
        if last is not None:
            self._keep_position(last.seq, last.hash)

    def _keep_position(self, seq: int, digest: bytes) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO projection (name, version, seq, hash) VALUES (?, ?, ?, ?)",
            ("read models", migrations.READ_MODELS, seq, digest),
        )


def fold_all(
    connection: sqlite3.Connection,
    folder: Folder,
    catalogue: Catalogue,
    progress: Progress | None = None,
    until: int | None = None,
    table: str = "event",
) -> int:
    """Fold the log from its beginning, up to a seq if one is given; return the number of events."""
    total = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    done = 0
    events = _known(connection, catalogue, table, until)
    while batch := list(islice(events, _BATCH)):
        folder.fold(batch)
        done += len(batch)
        if progress is not None:
            progress(done, total)
    return done


def _known(
    connection: sqlite3.Connection, catalogue: Catalogue, table: str, until: int | None
) -> Iterator[Folded]:
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM {table} WHERE ?1 IS NULL OR seq <= ?1 ORDER BY seq", (until,)
    )
    for row in rows:
        event = Recorded(*row)
        try:
            fact = catalogue.read(event.type, event.schema, event.data)
        except ValueError as error:  # pydantic's ValidationError is one, and so is json's error
            raise UnreadableEventError(event.seq, event.type) from error
        yield event, fact


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Put in words what SQLite never sees, and `told` therefore has no words for."""
    try:
        yield
    except OverflowError as error:
        raise StoreError(f"a number in it is too large to be stored: {error}") from error
