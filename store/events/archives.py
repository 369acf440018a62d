"""Facts about archives: what was taken in from another lab, and where it was recorded first."""

from __future__ import annotations

from pydantic import BaseModel

from store.events.fact import CONFIG, Fact


class Origin(BaseModel):
    """Where an event was first recorded: the envelope that it had in that log.

    `lab` names the log by the first digits of its first event's hash.
    """

    model_config = CONFIG
    lab: str
    seq: int
    at: str
    actor: str
    cause: int | None = None
    hash: str


class EventsImported(Fact):
    """Events of an archive follow this one in the log: the n-th after it is the n-th of `origins`.

    They are recorded in the same transaction and have this event as their cause. `archive` is the
    SHA-256 of the archive's manifest.
    """

    type_name = "EventsImported"
    archive: str
    origins: tuple[Origin, ...]


class ArchiveImported(Fact):
    """All that was new in an archive has been taken in.

    `archive` is the SHA-256 of its manifest, `lab` and `ftlab` are what it was made of and by;
    `events`, `files` and `bytes` are all that it holds, `new_events` those that were not here yet.
    """

    type_name = "ArchiveImported"
    archive: str
    lab: str
    ftlab: str
    events: int
    new_events: int
    files: int
    bytes: int
