"""Going through a whole archive before anything of it is taken in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.archive.comparing import Comparison, Verdict
from engine.archive.errors import Conflict
from engine.archive.events import LONGEST_LINE, Archived, contents_named_in, read_line
from engine.archive.layout import EVENTS
from engine.archive.reading import Archive, Progress, VerifiedFile


@dataclass(slots=True)
class Survey:
    """What an archive would bring.

    Attributes:
        events: how many it holds.
        new_events: how many of them are not here yet.
        conflicts: the streams that went on differently here.
        unknown_types: types of events that only a newer ftlab knows.
        contents: which files of it are contents that events name: hashes, and the streams of those
            events.
        streams: of which it tells.
    """

    events: int = 0
    new_events: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    unknown_types: set[str] = field(default_factory=set)
    contents: dict[str, set[str]] = field(default_factory=dict)
    streams: set[str] = field(default_factory=set)

    @property
    def excluded(self) -> set[str]:
        """The streams of which nothing can be taken in."""
        return {conflict.stream for conflict in self.conflicts}

    @property
    def wanted(self) -> set[str]:
        """The hashes of the contents that events which can be taken in name."""
        return {sha256 for sha256, streams in self.contents.items() if streams - self.excluded}


def survey(
    archive: Archive, connection: sqlite3.Connection, progress: Progress | None = None
) -> Survey:
    """Verify every file of an archive, and compare its events with those that are here.

    Raises:
        ArchiveError: naming the file, and the line of the events, that is not as it should be.
    """
    found = Survey()
    hashes = {listed.sha256 for listed in archive.manifest.files.values()}
    comparison = Comparison(connection, archive.name, archive.manifest.source.lab)
    for file in archive.files(progress):
        if file.name == EVENTS:
            for archived in events_in(file, archive.name):
                _take(found, archived, comparison.judge(archived), hashes)
    found.conflicts = comparison.conflicts
    return found


def events_in(file: VerifiedFile, archive: str) -> Iterator[Archived]:
    """Yield the events of an archive's file of events.

    Raises:
        ArchiveError: naming the line that holds none.
    """
    for number, line in enumerate(file.lines(LONGEST_LINE), 1):
        yield read_line(number, line, archive)


def _take(found: Survey, archived: Archived, verdict: Verdict, hashes: set[str]) -> None:
    event = archived.event
    found.events += 1
    found.new_events += verdict is Verdict.NEW
    found.streams.add(event.stream)
    if not archived.known:
        found.unknown_types.add(event.type)
    for sha256 in contents_named_in(event.data):
        if sha256 in hashes:
            found.contents.setdefault(sha256, set()).add(event.stream)
