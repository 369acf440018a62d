"""A look at the database: whether it is whole, of this version, and who polls."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from engine.doctor.examination import Probe
from engine.doctor.finding import MACHINE, Finding
from engine.errors import LabError
from engine.places import Places
from store.database import Database, told
from store.errors import StoreError

_SECONDS = 3.0
_INSTRUCTIONS = 10_000


def probe(places: Places) -> Probe:
    """Return the look at the database."""
    return Probe(MACHINE, "database", partial(_look, places))


def _look(places: Places) -> Iterator[Finding]:
    from engine.lab import open_database

    if not places.database.exists():
        what = f"none yet at {places.database}: the first command begins it"
        yield Finding(MACHINE, "database", "ok", what)
        return
    try:
        with closing(open_database(places, create=False)) as database, told(places.database):
            yield _whole(database)
            yield from _notice(database)
            yield _poller(database)
    except (LabError, StoreError) as error:
        yield Finding(MACHINE, "database", "failure", str(error))


def _whole(database: Database) -> Finding:
    """Have SQLite look at the file's structure, for a moment; the hash chain is `verify`'s."""
    from store.migrations import schema_number

    reader = database.reader
    number, head = schema_number(reader), database.head()
    shown = f"{database.path}, schema {number}, {head} events"
    end = time.monotonic() + _SECONDS
    reader.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
    try:
        (said,) = reader.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        said = "ok"
        shown += "; too large to look through now, `ftlab verify` does"
    finally:
        reader.set_progress_handler(None, 0)
    if said == "ok":
        return Finding(MACHINE, "database", "ok", shown)
    advice = "`ftlab verify` tells what is wrong; restore a backup, or try sqlite3's .recover"
    return Finding(MACHINE, "database", "failure", f"{database.path} is damaged: {said}", advice)


def _notice(database: Database) -> Iterator[Finding]:
    if database.notice:
        yield Finding(MACHINE, "database", "warning", database.notice)


def _poller(database: Database) -> Finding:
    from store.leases import POLLER, holder_of
    from store.migrations import read_models_are_current
    from store.queries.queue import waiting

    reader = database.reader
    holder = holder_of(reader, POLLER)
    waits = len(waiting(reader)) if read_models_are_current(reader) else 0
    if waits and holder is None:
        what = f"nobody polls, so nothing starts what waits in the queue (`ftlab queue`): {waits}"
        return Finding(MACHINE, "poller", "warning", what, "start `ftlab daemon`, or `ftlab`")
    what = f"{holder} polls" if holder else "nobody polls: the dashboard and `ftlab daemon` do"
    return Finding(MACHINE, "poller", "ok", what)
