"""Proving the store: the hash chain of the log, and the read models against a fresh fold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from pydantic import ValidationError

from store.catalogue import CATALOGUE, Catalogue
from store.chain import FIELDS, GENESIS, chain_hash
from store.database import Database, told
from store.projections import Folder, fold_all
from store.tables import READ_MODELS

Progress = Callable[[int, int], None]
_SHOWN = 100


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
    with told(database.path):
        connection = sqlite3.connect("", isolation_level=None)
        try:
            return _verify(connection, database, progress, catalogue)
        finally:
            connection.close()


def _verify(
    connection: sqlite3.Connection,
    database: Database,
    progress: Progress | None,
    catalogue: Catalogue,
) -> Verification:
    folder = Folder(connection)
    uri = f"file:{quote(str(database.path))}?mode=ro"
    connection.execute("ATTACH ? AS recorded", (uri,))
    connection.execute("BEGIN")
    chain = _Chain(connection)
    findings = list(chain.findings(progress))
    findings += _head_findings(connection, chain)
    if not findings:
        findings += _fold_findings(connection, folder, catalogue, progress)
    return Verification(chain.events, chain.hash.hex(), findings)


class _Chain:
    """Walks the log's rows as raw bytes; each is judged by the stored hash of the one before."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.events = 0
        self.seq = 0
        self.hash = GENESIS

    def findings(self, progress: Progress | None) -> Iterator[Finding]:
        total = self._connection.execute("SELECT COUNT(*) FROM recorded.event").fetchone()[0]
        cursor = self._connection.cursor()
        # Not `text_factory` of the connection: the fold needs texts, and a changed byte may not be one.
        columns = ", ".join(f"CAST({name} AS BLOB)" for name in FIELDS.split(", ")[1:])
        cursor.execute(f"SELECT seq, {columns}, hash FROM recorded.event ORDER BY seq")
        for seq, *fields, stored in cursor:
            self.events += 1
            yield from self._check(seq, fields, stored)
            if progress is not None and self.events % 500 == 0:
                progress(self.events, total)
        if progress is not None:
            progress(total, total)

    def _check(self, seq: int, fields: list[bytes | None], stored: bytes) -> Iterator[Finding]:
        gap = range(self.seq + 1, seq)
        yield from (Finding(missing, f"event {missing} is missing") for missing in gap)
        if not gap and chain_hash(self.hash, [seq, *fields]) != stored:
            yield Finding(seq, f"event {seq} is not what was recorded: its hash does not fit")
        self.seq, self.hash = seq, stored


def _head_findings(connection: sqlite3.Connection, chain: _Chain) -> Iterator[Finding]:
    row = connection.execute("SELECT seq, hash FROM recorded.projection").fetchone()
    if row is None:
        return
    seq, digest = row
    for missing in range(chain.seq + 1, seq + 1):
        yield Finding(missing, f"event {missing} is missing: the read models had seen it")
    if seq == chain.seq and digest != chain.hash:
        yield Finding(seq, f"the hash of event {seq} is not the one that the read models had seen")
    if seq < chain.seq:
        yield Finding(seq + 1, f"event {seq + 1} and those after it were never folded")


def _fold_findings(
    connection: sqlite3.Connection, folder: Folder, catalogue: Catalogue, progress: Progress | None
) -> Iterator[Finding]:
    connection.execute("CREATE TABLE projection (name PRIMARY KEY, version, seq, hash)")
    folder.create_tables()
    try:
        fold_all(connection, folder, catalogue, progress, table="recorded.event")
    except ValidationError as error:
        yield Finding(None, f"an event does not fit its type: {error}")
        return
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
        rows = connection.execute(
            f"SELECT {names} FROM {one}.{table} EXCEPT SELECT {names} FROM {other}.{table} "
            f"LIMIT {_SHOWN}"
        )
        for row in rows:
            key = " ".join(str(value) for value in row[:3] if isinstance(value, str | int))
            yield Finding(None, f"row {key} of {table} {what}: `ftlab rebuild` folds it anew")
