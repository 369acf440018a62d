"""A rescue under way: whom it asks, where it records, and what led to all that it records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from store.log import Entry, Write

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.rescue.harvest import Harvest
    from store.events import Fact


@dataclass(frozen=True, slots=True)
class Run:
    """What all parts of a rescue share.

    Attributes:
        lab: where it is recorded.
        service: the service that is asked, opened.
        harvest: counts what comes.
        cause: the seq of the event that led to it.
    """

    lab: Lab
    service: Service
    harvest: Harvest
    cause: int

    @property
    def provider(self) -> str:
        """The name of the service's profile."""
        return self.service.profile.name

    def record(self, stream: str, *entries: Entry | Fact, expected: int | None = None) -> int:
        """Record facts of one stream; see `record_all`."""
        return self.record_all([Write(stream, entries, expected)])

    def record_all(self, writes: Sequence[Write]) -> int:
        """Record facts, the import as their cause; return how many were new.

        Raises:
            StreamConflictError: if somebody else recorded something of one of the streams.
        """
        caused = [replace(write, entries=[*map(self._caused, write.entries)]) for write in writes]
        recorded = len(self.lab.log.append_all(caused))
        self.harvest.events += recorded
        return recorded

    def _caused(self, offered: Entry | Fact) -> Entry:
        entry = offered if isinstance(offered, Entry) else Entry(offered)
        return replace(entry, cause=self.cause)
