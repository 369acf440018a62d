"""What of an archive's events is new here, known here, or excluded by what is known here.

A stream here and in the archive are histories of the same thing. Where one is the beginning of the
other, the rest is news; where they differ, no order of the two would be true, and that is a
conflict. Events are the same if they tell the same fact of the same moment: who recorded it, and as
which event of which log, makes no difference. So an archive that comes back to where it was made
brings nothing new.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from engine.archive.diaries import IMPORTS, OWN, diary_of, is_diary
from engine.archive.errors import ArchiveError, Conflict
from engine.archive.events import Archived
from engine.archive.layout import EVENTS
from store.chain import GENESIS, chain_hash
from store.queries.streams import event_of, events_of, lab_id, stream_names, stream_version
from store.recorded import Recorded

_Told = tuple[str, int, str, str | None, str]


class Verdict(Enum):
    """What is to be done with an event."""

    NEW = auto()
    KNOWN = auto()
    CONFLICT = auto()
    NOT_OURS = auto()


@dataclass(slots=True)
class _Place:
    """Where a stream stands: here, and in the archive as far as it has been read."""

    here: int
    read: int = 0
    conflict: bool = False


class Comparison:
    """Judges the events of an archive, one after the other from the first.

    Args:
        connection: what is known here.
        archive: the archive's name, for messages.
        source: the lab that the archive was made in.

    Attributes:
        conflicts: the streams that went on differently, as far as has been read.
    """

    def __init__(self, connection: sqlite3.Connection, archive: str, source: str) -> None:
        self.conflicts: list[Conflict] = []
        self._connection = connection
        self._archive = archive
        self._source = source
        self._own = lab_id(connection)
        self._places: dict[str, _Place] = {}
        self._diaries = set(_told_in_diaries(connection))
        self._keys = {(stream, told[3]) for stream, told in self._diaries if told[3] is not None}
        self._before: Recorded | None = None

    def judge(self, archived: Archived) -> Verdict:
        """Say whether an event is new.

        Raises:
            ArchiveError: if it does not follow those before it.
        """
        event = archived.event
        self._require_order(archived)
        place = self._place(event.stream)
        if event.version != place.read + 1:
            raise ArchiveError(
                f"{self._at(archived)}: {event.stream} goes on with version {event.version} after "
                f"{place.read}: the archive was not made by ftlab, or changed"
            )
        place.read = event.version
        if event.stream.startswith(IMPORTS):
            return Verdict.NOT_OURS
        if is_diary(event.stream):
            return self._judge_diary(event)
        return self._judge(place, archived)

    def target(self, stream: str) -> str:
        """Return the stream of this lab that a stream of the archive is."""
        if not is_diary(stream):
            return stream
        lab = self._source if stream == OWN else stream.partition("/")[2]
        return diary_of(lab, self._own)

    def _judge(self, place: _Place, archived: Archived) -> Verdict:
        event = archived.event
        if place.conflict:
            return Verdict.CONFLICT
        if event.version > place.here:
            return Verdict.NEW
        ours = event_of(self._connection, event.stream, event.version)
        if ours is not None and _told(ours) == _told(event):
            return Verdict.KNOWN
        place.conflict = True
        self.conflicts.append(Conflict(event.stream, event.version, archived.line))
        return Verdict.CONFLICT

    def _judge_diary(self, event: Recorded) -> Verdict:
        target = self.target(event.stream)
        known = (target, _told(event)) in self._diaries or (target, event.key) in self._keys
        return Verdict.KNOWN if known else Verdict.NEW

    def _place(self, stream: str) -> _Place:
        if stream not in self._places:
            self._places[stream] = _Place(stream_version(self._connection, stream))
        return self._places[stream]

    def _require_order(self, archived: Archived) -> None:
        """See that places in the log rise, and that each hash follows from the one before."""
        event, before = archived.event, self._before
        self._before = event
        if event.seq <= (before.seq if before else 0):
            raise ArchiveError(f"{self._at(archived)}: event {event.seq} is not in its place")
        if event.seq == 1:
            previous = GENESIS
        elif before is not None and event.seq == before.seq + 1:
            previous = before.hash
        else:
            return
        if chain_hash(previous, event[:-1]) != event.hash:
            raise ArchiveError(
                f"{self._at(archived)}: event {event.seq} is not what was recorded: its hash does "
                "not fit. Do not trust the archive."
            )

    def _at(self, archived: Archived) -> str:
        return f"{self._archive}: {EVENTS}, line {archived.line}"


def _told(event: Recorded) -> _Told:
    return event.type, event.schema, event.occurred, event.key, event.data


def _told_in_diaries(connection: sqlite3.Connection) -> Iterator[tuple[str, _Told]]:
    diaries = [stream for stream in stream_names(connection, beginning=OWN) if is_diary(stream)]
    for event in events_of(connection, diaries):
        yield event.stream, _told(event)
