"""Proving the store: the hash chain of the log, and the read models against a fresh fold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from store import migrations
from store.catalogue import CATALOGUE, Catalogue
from store.chain import FIELDS, GENESIS, chain_hash
from store.database import Database, told
from store.errors import UnreadableEventError
from store.past import private
from store.projections import Folder, fold_all
from store.tables import READ_MODELS

Progress = Callable[[int, int], None]
_SHOWN = 100
_SOUND = " AND ".join(
    [
        *(f"typeof({column}) = 'integer'" for column in ("version", "schema")),
        *(f"typeof({column}) = 'text'" for column in ("stream", "type", "at", "occurred")),
        *(f"typeof({column}) = 'text'" for column in ("actor", "data")),
        "typeof(cause) IN ('integer', 'null')",
        "typeof(key) IN ('text', 'null')",
        "typeof(hash) = 'blob'",
    ]
)
"""The columns' kinds, which the hash does not cover: bytes may be stored as a text or as a blob."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was recorded.

    Attributes:
        seq: the event concerned, None for a read model's row.
        what: what is wrong, in words.
    """

    seq: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: `findings` is empty for a store that is whole.

    `head` is the hash of the last event in hexadecimal: whoever wrote it down earlier can tell that
    the history before it is still the same.
    """

    events: int
    head: str
    findings: list[Finding]

    @property
    def whole(self) -> bool:
        """True if nothing was found."""
        return not self.findings


def verify(
    database: Database, progress: Progress | None = None, catalogue: Catalogue = CATALOGUE
) -> Verification:
    """Recompute the chain and compare every read model with a fresh fold, in one snapshot.

    Args:
        database: the store to prove; others may write meanwhile.
        progress: called with events checked and events in all, twice over (chain, then fold).
        catalogue: the event types.
    """
    with told(database.path), closing(private(database)) as connection:
        return _verify(connection, catalogue, progress)


def _verify(
    connection: sqlite3.Connection, catalogue: Catalogue, progress: Progress | None
) -> Verification:
    folder = Folder(connection)
    connection.execute("BEGIN")
    chain = _Chain(connection)
    findings = list(chain.findings(progress))
    if positioned := _has_position(connection):
        findings += _head_findings(connection, chain)
    findings += _structure_findings(connection)
    if positioned and not findings:
        findings += _fold_findings(connection, folder, catalogue, progress)
    findings += _schema_findings(connection)
    return Verification(chain.events, chain.hash.hex(), findings)


class _Chain:
    """Walks the log's rows as raw bytes.

    Each is judged by the stored hash of the one before, or by the one that was computed for it: so
    a row whose own hash was changed does not accuse the next.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._computed = GENESIS
        self.events = 0
        self.seq = 0
        self.hash = GENESIS

    def findings(self, progress: Progress | None) -> Iterator[Finding]:
        total = self._connection.execute("SELECT COUNT(*) FROM recorded.event").fetchone()[0]
        # As bytes, because a changed one may be no text any more.
        columns = ", ".join(f"CAST({name} AS BLOB)" for name in FIELDS.split(", ")[1:])
        rows = self._connection.execute(
            f"SELECT seq, {_SOUND}, COALESCE(CAST(hash AS BLOB), x''), {columns} "
            "FROM recorded.event ORDER BY seq"
        )
        for seq, sound, stored, *fields in rows:
            self.events += 1
            if seq < 1:
                yield Finding(seq, f"event {seq} was never recorded: seq begins at 1")
                continue
            yield from _missing(self.seq + 1, seq, "")
            if not self._follows(seq, fields, stored) or not sound:
                yield Finding(seq, f"event {seq} is not what was recorded: its hash does not fit")
            if progress is not None and self.events % 500 == 0:
                progress(self.events, total)
        if progress is not None:
            progress(total, total)

    def _follows(self, seq: int, fields: list[bytes | None], stored: bytes) -> bool:
        """Tell whether the row's hash fits; after a gap nobody can."""
        computed = chain_hash(self.hash, [seq, *fields])
        fits = stored == computed or stored == chain_hash(self._computed, [seq, *fields])
        gap = seq > self.seq + 1
        self.seq, self.hash, self._computed = seq, stored, computed
        return fits or gap


def _missing(first: int, end: int, why: str) -> Iterator[Finding]:
    for seq in range(first, min(end, first + _SHOWN)):
        yield Finding(seq, f"event {seq} is missing{why}")
    if end - first > _SHOWN:
        yield Finding(first + _SHOWN, f"events {first + _SHOWN} to {end - 1} are missing{why}")


def _has_position(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM recorded.sqlite_master WHERE type = 'table' AND name = 'projection'"
    return connection.execute(query).fetchone() is not None


def _head_findings(connection: sqlite3.Connection, chain: _Chain) -> Iterator[Finding]:
    row = connection.execute("SELECT seq, hash FROM recorded.projection").fetchone()
    if row is None:
        if chain.events:
            yield Finding(None, "the read models were never folded: `ftlab rebuild` does it")
        return
    seq, digest = row
    yield from _missing(chain.seq + 1, seq + 1, ": the read models had seen it")
    if seq == chain.seq and digest != chain.hash:
        yield Finding(seq, f"the hash of event {seq} is not the one that the read models had seen")
    if seq < chain.seq:
        yield Finding(seq + 1, f"event {seq + 1} and those after it were never folded")


def _structure_findings(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Ask SQLite whether its pages and indexes are sound: keys are looked up through them."""
    for (told_by_sqlite,) in connection.execute(f"PRAGMA recorded.integrity_check({_SHOWN})"):
        if told_by_sqlite != "ok":
            yield Finding(None, f"the file is damaged ({told_by_sqlite}): restore a backup")


_SCHEMA = (
    "SELECT type, name, sql FROM {}.sqlite_master "
    "WHERE sql IS NOT NULL "
    "AND (type = 'trigger' OR tbl_name IN ('event', 'projection', 'lease')) ORDER BY rowid"
)
"""Every trigger counts, whatever its table: one on another table can write to the log's. What has
no statement is an index that SQLite made for a table's own UNIQUE or PRIMARY KEY."""


def _schema_findings(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Compare the tables that the steps make, their indexes and all triggers with a new file's.

    The triggers and the indexes keep the log append-only and its keys unique.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrations.migrate(fresh)
        wanted = {(kind, name): sql for kind, name, sql in fresh.execute(_SCHEMA.format("main"))}
    found = {
        (kind, name): sql for kind, name, sql in connection.execute(_SCHEMA.format("recorded"))
    }
    for kind, name in [*wanted, *(found.keys() - wanted.keys())]:
        if (kind, name) not in found:
            yield Finding(None, f"the {kind} {name} is missing: restore a backup")
        elif (kind, name) not in wanted:
            yield Finding(None, f"the {kind} {name} is none of ftlab's: drop it")
        elif found[kind, name] != wanted[kind, name]:
            yield Finding(None, f"the {kind} {name} was changed: restore a backup")


def _fold_findings(
    connection: sqlite3.Connection, folder: Folder, catalogue: Catalogue, progress: Progress | None
) -> Iterator[Finding]:
    row = connection.execute("SELECT version FROM recorded.projection").fetchone()
    if row is None:
        return
    connection.execute("CREATE TABLE projection (name PRIMARY KEY, version, seq, hash)")
    folder.create_tables()
    try:
        fold_all(connection, folder, catalogue, progress, table="recorded.event")
    except UnreadableEventError as error:
        what = f"event {error.seq} does not fit its type {error.type_name}: {error.__cause__}"
        yield Finding(error.seq, what)
        return
    if row[0] != migrations.READ_MODELS:
        # Another version's rows: the next command folds them anew.
        return
    # A changed byte in a row may be no text any more.
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    for model in READ_MODELS:
        yield from _differences(connection, str(model.__tablename__), list(model.model_fields))


def _differences(
    connection: sqlite3.Connection, table: str, columns: list[str]
) -> Iterator[Finding]:
    names = ", ".join(f'"{column}"' for column in columns)
    for one, other, what in (
        ("recorded", "main", "is not what the log says"),
        ("main", "recorded", "is missing or changed"),
    ):
        try:
            rows = connection.execute(
                f"SELECT {names} FROM {one}.{table} EXCEPT SELECT {names} FROM {other}.{table} "
                f"LIMIT {_SHOWN}"
            ).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            yield Finding(None, f"{error}: `ftlab rebuild` makes the read models anew")
            return
        for row in rows:
            key = " ".join(str(value) for value in row[:3] if isinstance(value, str | int))
            yield Finding(None, f"row {key} of {table} {what}: `ftlab rebuild` folds it anew")
