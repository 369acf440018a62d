"""Telling of the ends that are owed: claim first, then act, then what came of it.

A claim is an event with a key of its own in the job's stream, so that of all processes one gets it.
Between claim and outcome somebody may have been told or not: whoever finds such a claim leaves it,
for nobody is to be told twice, and `ftlab doctor` names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from engine.notifying import message
from engine.notifying.ways import Outcome
from store.errors import StreamConflictError
from store.queries import notifications as queries
from store.queries.jobs import job_detail

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.notifying.ways import Way
    from store.queries.notifications import End
    from store.recorded import Recorded

_LAB = "lab"
_Stamp = tuple[int, int, int] | None


class Telling:
    """Looks for ends of jobs of which somebody is to be told, and tells them.

    Only the usual database is told of: a copy of it that is opened beside would tell a second time.

    Args:
        lab: where the jobs are.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._ways: list[Way] = []
        self._ends: tuple[str, ...] = ()
        self._stamps: tuple[_Stamp, ...] | None = None
        self._begins = False
        self._nothing_until = -1
        self._lock = Lock()

    def is_due(self) -> bool:
        """Tell whether there is something to record or to tell. Cheap while nothing happens.

        Raises:
            LabError: if what is settled cannot be followed.
        """
        with self._lock:
            self._read()
            head = self._lab.database.head()
            if head == self._nothing_until:
                return False
            if self._differs() or any(self._owed()):
                return True
            self._begins = False
            self._nothing_until = head
            return False

    def begin(self) -> int:
        """Record what was settled or unsettled since the last look; return how many events.

        It comes before the news of jobs, for what is recorded before it is never told.

        Raises:
            LabError: if what is settled cannot be followed.
        """
        with self._lock:
            self._read()
            if not self._begins:
                return 0
            recorded = self._record_settings()
            self._begins = False
            return recorded

    def tell(self) -> int:
        """Tell of all ends that are owed; return how many events that made.

        Raises:
            LabError, StoreError: if what is settled cannot be followed, or nothing be recorded.
        """
        with self._lock:
            self._read()
            count = self._record_settings()
            owed = [*self._owed()]
        return count + sum(self._tell(way, end) for way, end in owed)

    def _read(self) -> None:
        """Read what is settled, if the files that say so have changed."""
        from engine.config.settings import Settings
        from engine.notifying.ways import settled

        places = self._lab.places
        if not places.is_usual_database or self._lab.database.read_only:
            self._stamps = ()
            return
        stamps = (_stamp(places.config), _stamp(places.dotenv))
        if stamps == self._stamps:
            return
        settings = Settings.read(places)
        self._ways = settled(settings)
        self._ends = settings.notify_on.value
        self._stamps = stamps
        self._begins, self._nothing_until = True, -1

    def _differs(self) -> bool:
        if not self._stamps:
            return False
        began = queries.began(self._lab.database.reader)
        wanted = {way.name: self._ends for way in self._ways}
        return wanted != {name: since.ends for name, since in began.items()}

    def _record_settings(self) -> int:
        from store.events import NotifyingBegan, NotifyingEnded

        if not self._stamps:
            return 0
        version = self._lab.log.version(_LAB)
        began = queries.began(self._lab.database.reader)
        new = [
            NotifyingBegan(way=way.name, to=way.to, ends=self._ends)
            for way in self._ways
            if way.name not in began or began[way.name].ends != self._ends
        ]
        wanted = {way.name for way in self._ways}
        over = [NotifyingEnded.model_validate({"way": name}) for name in began.keys() - wanted]
        if not new and not over:
            return 0
        try:
            return len(self._lab.log.append(_LAB, *new, *over, expected=version))
        except StreamConflictError:
            return 0  # Somebody else did so: the next look sees what is left.

    def _owed(self) -> Iterator[tuple[Way, End]]:
        """Give the ends of which nobody has claimed to tell, and how they would be told."""
        reader = self._lab.database.reader
        began = queries.began(reader) if self._ways else {}
        for way in self._ways:
            if (since := began.get(way.name)) is not None:
                found = queries.owed(reader, way.name, since, self._nothing_until, self._ends)
                yield from ((way, end) for end in found)

    def _tell(self, way: Way, end: End) -> int:
        """Tell of one end, unless somebody else does."""
        told = message.of_end(job_detail(self._lab.database.reader, end.job), end)
        claim = self._claim(way, end)
        if claim is None:
            return 0
        try:
            outcome = way.tell(told)
        except Exception as error:  # noqa: BLE001 - its words might hold a secret
            outcome = Outcome(False, f"it cannot be told ({type(error).__name__})")
        return 1 + self._record(way, end, claim, outcome)

    def _claim(self, way: Way, end: End) -> Recorded | None:
        from store.events import NotificationClaimed
        from store.log import Entry

        fact = NotificationClaimed(way=way.name, to=way.to, end=end.version, status=end.status)
        entry = Entry(fact, key=queries.key_of(way.name, end.version), cause=end.seq)
        recorded = self._lab.log.append(end.stream, entry)
        return recorded[0] if recorded else None

    def _record(self, way: Way, end: End, claim: Recorded, outcome: Outcome) -> int:
        from store.events import NotificationFailed, NotificationSent
        from store.log import Entry

        fact: NotificationSent | NotificationFailed
        if outcome.ok:
            fact = NotificationSent(
                way=way.name, end=end.version, outcome=outcome.what, said=outcome.said
            )
        else:
            fact = NotificationFailed(
                way=way.name, end=end.version, error=outcome.what, said=outcome.said
            )
        key = queries.key_of_outcome(way.name, end.version)
        return len(self._lab.log.append(end.stream, Entry(fact, key=key, cause=claim.seq)))


def _stamp(file: Path) -> _Stamp:
    """Return what changes with a file; None if it is not there."""
    try:
        found = os.stat(file)  # noqa: PTH116 - none of its errors matter
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
