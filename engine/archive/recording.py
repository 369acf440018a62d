"""Events of an archive into the log, and where they are from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from engine.archive.comparing import Comparison, Verdict
from engine.archive.diaries import imports_of, is_diary
from engine.archive.errors import ArchiveError
from engine.archive.events import Archived
from engine.archive.layout import EVENTS
from engine.archive.reading import Archive
from engine.archive.survey import events_in
from engine.errors import LabError
from store.errors import StoreError, StreamConflictError
from store.events import ArchiveImported, EventsImported, Origin
from store.log import FIRST_OF_ALL, Entry, Verbatim, Write
from store.queries.streams import events_of
from store.times import from_text

if TYPE_CHECKING:
    from engine.lab import Lab

_BATCH_EVENTS = 500
_BATCH_CHARACTERS = 4 * 1024 * 1024
_MAKES_NO_SENSE = (sqlite3.IntegrityError, OverflowError)


def record_events(lab: Lab, archive: Archive, excluded: AbstractSet[str]) -> int:
    """Record the events that are not here yet, in their order; return how many there were.

    Args:
        lab: where to.
        archive: where from; it has been surveyed.
        excluded: the streams of which nothing is taken in.

    Raises:
        LabError: if somebody else recorded something of the same streams meanwhile.
        ArchiveError: if the events make no sense together.
    """
    comparison = Comparison(lab.database.reader, archive.name, archive.manifest.source.lab)
    count = 0
    for batch in _batches(_new_events(archive, comparison, excluded)):
        _record(lab, archive, comparison, batch)
        count += len(batch)
    return count


def record_import(lab: Lab, archive: Archive, events: int) -> None:
    """Record that all that was new in an archive has been taken in, once, if anything was."""
    stream = imports_of(archive.digest)
    taken_in = events_of(lab.database.reader, [stream])
    new_events = sum(len(json.loads(event.data).get("origins", ())) for event in taken_in)
    if not new_events:
        return
    manifest = archive.manifest
    fact = ArchiveImported(
        archive=archive.digest,
        lab=manifest.source.lab,
        ftlab=manifest.ftlab,
        events=events,
        new_events=new_events,
        files=len(manifest.files),
        bytes=archive.size,
    )
    lab.log.append(stream, Entry(fact, key="taken in"))


def _new_events(
    archive: Archive, comparison: Comparison, excluded: AbstractSet[str]
) -> Iterator[Archived]:
    for file in archive.files():
        if file.name != EVENTS:
            continue
        for archived in events_in(file, archive.name):
            if archived.event.stream in excluded:
                continue
            verdict = comparison.judge(archived)
            if verdict is Verdict.CONFLICT:
                raise _meanwhile(archived.event.stream)
            if verdict is Verdict.NEW:
                yield archived
        # The rest was gone through before, and brings no events.
        return


def _batches(events: Iterator[Archived]) -> Iterator[list[Archived]]:
    batch: list[Archived] = []
    characters = 0
    for archived in events:
        batch.append(archived)
        characters += len(archived.event.data)
        if len(batch) == _BATCH_EVENTS or characters > _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _record(lab: Lab, archive: Archive, comparison: Comparison, batch: list[Archived]) -> None:
    origins = tuple(_origin(archived, archive) for archived in batch)
    told = EventsImported(archive=archive.digest, origins=origins)
    writes = [Write(imports_of(archive.digest), [told]), *_writes(batch, comparison)]
    try:
        lab.log.append_all(writes)
    except StreamConflictError as error:
        raise _meanwhile(error.stream) from error
    except (StoreError, SQLAlchemyError, ValueError) as error:
        if isinstance(error, StoreError) and not isinstance(error.__cause__, _MAKES_NO_SENSE):
            raise
        # Each fits its type, but they do not fit together, or not what is here.
        first, last = batch[0].line, batch[-1].line
        raise ArchiveError(
            f"{archive.name}: {EVENTS}, lines {first} to {last} cannot be taken in: {error}"
        ) from error


def _writes(batch: list[Archived], comparison: Comparison) -> Iterator[Write]:
    """Turn events into writes, which follow on the versions that the streams had in the archive."""
    for stream, run in groupby(batch, lambda archived: archived.event.stream):
        events = [archived.event for archived in run]
        entries = [
            Entry(
                Verbatim(event.type, event.schema, event.data),
                from_text(event.occurred),
                event.key,
                FIRST_OF_ALL,
            )
            for event in events
        ]
        expected = None if is_diary(stream) else events[0].version - 1
        yield Write(comparison.target(stream), entries, expected)


def _origin(archived: Archived, archive: Archive) -> Origin:
    event = archived.event
    return archived.origin or Origin(
        lab=archive.manifest.source.lab,
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        cause=event.cause,
        hash=event.hash.hex(),
    )


def _meanwhile(stream: str) -> LabError:
    return LabError(
        f"somebody else recorded something of {stream} just now: import the archive again"
    )
