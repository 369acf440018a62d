"""The event log: append facts to streams, read them back, follow what comes.

Every append is one transaction that also folds the read models, so that a reader never sees an
event without its consequences. Writers say which version of a stream they know; a writer that
knows an old one gets a conflict instead of overwriting somebody's decision. A fact from outside
carries a natural key and is taken once, however often it is offered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic_core import PydanticSerializationError

from store.catalogue import CATALOGUE, Catalogue
from store.chain import GENESIS, chain_hash
from store.database import Database
from store.errors import StoreError, StreamConflictError
from store.events import Fact
from store.projections import Progress, Projections
from store.recorded import COLUMNS, Recorded
from store.times import now, to_text

_INSERT = (
    "INSERT INTO event (seq, stream, version, type, schema, at, occurred, actor, cause, key, data, "
    "hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PAGE = 500

FIRST_OF_ALL = 0
"""As a cause: the first event of the very append that the entry is part of."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A fact as another log holds it, its text untouched and its type perhaps unknown here.

    Attributes:
        type_name: the type's recorded name.
        schema_number: the number of the type's fields when it was first recorded.
        data: the fact, as JSON text.
    """

    type_name: str
    schema_number: int
    data: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact on its way into the log.

    Attributes:
        fact: what happened.
        occurred: when, by the source's clock; the moment of recording if None.
        key: the fact's natural key within its stream, if it comes from outside.
        cause: the seq of the event that led to it, or `FIRST_OF_ALL`.
    """

    fact: Fact | Verbatim
    occurred: datetime | None = None
    key: str | None = None
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """Facts for one stream.

    Attributes:
        stream: the stream's name, such as `job/job_1s8w0qk7fmd`.
        entries: what to append, in order; bare facts will do.
        expected: the version that the writer knows (0: the stream must be new), or None to append
            whatever the version is.
    """

    stream: str
    entries: Sequence[Entry | Fact]
    expected: int | None = None


@dataclass(slots=True)
class _Head:
    seq: int
    hash: bytes
    first: int
    versions: dict[str, int] = field(default_factory=dict)


class EventLog:
    """Appends to and reads from the event table of a database.

    Args:
        database: where the log is.
        actor: who or what appends through this object, for the audit.
        catalogue: the event types.
        clock: tells the time of recording.
        progress: told of events done and in all if other projections folded the read models, which
            are then folded anew.
    """

    def __init__(
        self,
        database: Database,
        actor: str,
        catalogue: Catalogue = CATALOGUE,
        clock: Callable[[], datetime] = now,
        progress: Progress | None = None,
    ) -> None:
        self.database = database
        self.actor = actor
        self.catalogue = catalogue
        self._clock = clock
        self._projections = Projections(database, catalogue)
        self._projections.bring_up_to_date(progress)

    def append(
        self, stream: str, *entries: Entry | Fact, expected: int | None = None
    ) -> list[Recorded]:
        """Append to one stream; see `append_all`."""
        return self.append_all([Write(stream, entries, expected)])

    def append_all(self, writes: Iterable[Write]) -> list[Recorded]:
        """Append to several streams at once: all of it is recorded and folded, or nothing.

        Returns:
            What was recorded. An entry whose key its stream already has is left out: it was taken
            before.

        Raises:
            StreamConflictError: if a stream is not at the version that its writer expected.
            StoreError: if a fact's type is not in the catalogue, or the database cannot be written.
            ValueError: if a text that is taken verbatim does not fit its type.
        """
        writes = list(writes)
        for write in writes:
            self._check_types(write)
        with self.database.transaction() as connection:
            head = _read_head(connection)
            recorded = [
                event for write in writes for event in self._append(connection, head, write)
            ]
            # What was recorded is folded, not what was given: a rebuild starts from the same text.
            self._projections.fold(
                (event, self.catalogue.read(event.type, event.schema, event.data))
                for event in recorded
            )
        return recorded

    def _check_types(self, write: Write) -> None:
        for entry in write.entries:
            fact = entry.fact if isinstance(entry, Entry) else entry
            if isinstance(fact, Fact) and not self.catalogue.knows(fact):
                raise StoreError(f"{type(fact).__name__} is no registered event type")

    def _append(self, connection: sqlite3.Connection, head: _Head, write: Write) -> list[Recorded]:
        version = head.versions.get(write.stream)
        if version is None:
            version = stream_version(connection, write.stream)
        if write.expected is not None and write.expected != version:
            raise StreamConflictError(write.stream, write.expected, version)
        recorded = []
        for offered in write.entries:
            entry = offered if isinstance(offered, Entry) else Entry(offered)
            if entry.key is not None and _has_key(connection, write.stream, entry.key):
                continue
            version += 1
            recorded.append(self._insert(connection, head, write.stream, version, entry))
        head.versions[write.stream] = version
        return recorded

    def _insert(
        self, connection: sqlite3.Connection, head: _Head, stream: str, version: int, entry: Entry
    ) -> Recorded:
        at = self._clock()
        fields = (
            head.seq + 1,
            stream,
            version,
            entry.fact.type_name,
            entry.fact.schema_number,
            to_text(at),
            to_text(entry.occurred or at),
            self.actor,
            head.first if entry.cause == FIRST_OF_ALL else entry.cause,
            entry.key,
            _as_json(entry.fact),
        )
        digest = chain_hash(head.hash, fields)
        connection.execute(_INSERT, (*fields, digest))
        head.seq += 1
        head.hash = digest
        return Recorded(*fields, digest)

    def read(self, *, after: int = 0, stream: str | None = None) -> Iterator[Recorded]:
        """Read events in order, those after a seq, of one stream or of all.

        It goes by pages, so that a slow consumer never keeps a writer waiting.
        """
        while page := self._page(after) if stream is None else self._page_of(stream, after):
            yield from page
            after = page[-1].seq

    def _page(self, after: int) -> list[Recorded]:
        rows = self.database.reader.execute(
            f"SELECT {COLUMNS} FROM event WHERE seq > ? ORDER BY seq LIMIT {_PAGE}", (after,)
        )
        return [Recorded(*row) for row in rows]

    def _page_of(self, stream: str, after: int) -> list[Recorded]:
        # By version, which the stream's index holds in the order of seq.
        rows = self.database.reader.execute(
            f"SELECT {COLUMNS} FROM event WHERE stream = ?1 AND version > (SELECT COALESCE("
            "MAX(version), 0) FROM event WHERE stream = ?1 AND seq <= ?2) "
            f"ORDER BY version LIMIT {_PAGE}",
            (stream, after),
        )
        return [Recorded(*row) for row in rows]

    def facts(self, stream: str) -> list[Fact]:
        """Return a stream's facts, old schemas upcast, unknown types left out."""
        events = self.read(stream=stream)
        facts = (self.catalogue.read(event.type, event.schema, event.data) for event in events)
        return [fact for fact in facts if fact is not None]

    def version(self, stream: str) -> int:
        """Return the version of a stream: 0 if it does not exist."""
        return stream_version(self.database.reader, stream)

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Drop the read models and fold them anew; return how many events there were."""
        return self._projections.rebuild(progress)


def _as_json(fact: Fact | Verbatim) -> str:
    if isinstance(fact, Verbatim):
        return fact.data
    try:
        return fact.model_dump_json()
    except PydanticSerializationError as error:
        raise StoreError(f"{fact.type_name} cannot be recorded: {error}") from error


def stream_version(connection: sqlite3.Connection, stream: str) -> int:
    """Return the version of a stream as this connection sees it."""
    row = connection.execute(
        "SELECT MAX(version) FROM event WHERE stream = ?", (stream,)
    ).fetchone()
    return int(row[0] or 0)


def _has_key(connection: sqlite3.Connection, stream: str, key: str) -> bool:
    query = "SELECT 1 FROM event WHERE stream = ? AND key = ?"
    return connection.execute(query, (stream, key)).fetchone() is not None


def _read_head(connection: sqlite3.Connection) -> _Head:
    row = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    seq, digest = row or (0, GENESIS)
    return _Head(seq, digest, seq + 1)
