"""The events of an archive: a line of JSON each, the envelope first and the fact at its end.

The fact is the very text of the log, so that whoever reads a line can compute its hash again
(`store.chain`). An event that another lab had recorded first says in `origin` where that was.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.archive.diaries import IMPORTS
from engine.archive.errors import ArchiveError
from engine.archive.layout import EVENTS
from engine.errors import LabError
from store.catalogue import CATALOGUE
from store.errors import NotFoundError
from store.events import EventsImported, Origin
from store.queries.history import event
from store.recorded import Recorded
from store.times import from_text, to_text

LONGEST_LINE = 256 * 1024 * 1024
"""A line longer than this is not read: it would have to be held in memory."""

_DATA = b',"data":'
_CONTENT = re.compile(r'"([0-9a-f]{64})"')
_CACHED = 16


def contents_named_in(data: str) -> Iterator[str]:
    """Give whatever in a fact may be the hash of a content."""
    yield from _CONTENT.findall(data)


class Lines:
    """Writes events as lines.

    Args:
        connection: where the events are, and those that tell where others are from.

    Attributes:
        contents: what the facts so far have named, that may be a content.
        count: how many there were.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.contents: set[str] = set()
        self.count = 0
        self._connection = connection
        self._origins = lru_cache(_CACHED)(self._origins_told_by)

    def of(self, events: Iterable[Recorded]) -> Iterator[bytes]:
        """Yield a line for each event.

        Raises:
            LabError: if what is recorded is no JSON.
        """
        for found in events:
            self.count += 1
            if not found.stream.startswith(IMPORTS):
                # Those are full of hashes too, but of events.
                self.contents.update(contents_named_in(found.data))
            yield self._line(found)

    def _line(self, found: Recorded) -> bytes:
        envelope = found._asdict()
        del envelope["data"]
        envelope["hash"] = found.hash.hex()
        origin = self._origin(found)
        if origin is not None:
            envelope["origin"] = origin.model_dump()
        head = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
        return b"".join([head[:-1].encode(), _DATA, _whole(found).encode(), b"}\n"])

    def _origin(self, found: Recorded) -> Origin | None:
        if found.cause is None:
            return None
        origins = self._origins(found.cause)
        place = found.seq - found.cause - 1
        return origins[place] if place < len(origins) else None

    def _origins_told_by(self, seq: int) -> tuple[Origin, ...]:
        try:
            cause = event(self._connection, seq)
        except NotFoundError:
            return ()
        if cause.type != EventsImported.type_name:
            return ()
        fact = CATALOGUE.read(cause.type, cause.schema, cause.data)
        return fact.origins if isinstance(fact, EventsImported) else ()


def _whole(found: Recorded) -> str:
    """Return the text of a fact, which must be a JSON document on one line."""
    try:
        json.loads(found.data)
    except ValueError as error:
        raise LabError(
            f"event {found.seq} ({found.type}) is no JSON: `ftlab verify` tells more"
        ) from error
    if "\n" in found.data or "\r" in found.data:
        raise LabError(f"event {found.seq} ({found.type}) holds line breaks: ftlab writes none")
    return found.data


class _Envelope(BaseModel):
    """What a line says beside the fact; a newer ftlab may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)
    seq: int
    stream: str
    version: int
    type: str
    schema_: int = Field(alias="schema")
    at: str
    occurred: str
    actor: str
    cause: int | None
    key: str | None
    hash: str
    origin: Origin | None = None


class Archived(NamedTuple):
    """An event as a line of an archive tells it.

    Attributes:
        line: the number of the line, from 1.
        event: the event as it stood in the archive's lab.
        origin: where it was first recorded, if that was in yet another lab.
        known: whether its type and schema are known to this version of ftlab.
    """

    line: int
    event: Recorded
    origin: Origin | None
    known: bool


def read_line(number: int, raw: bytes, archive: str) -> Archived:
    """Read a line of an archive's events.

    Raises:
        ArchiveError: if it is none, saying which line and what is wrong with it.
    """
    told = f"{archive}: {EVENTS}, line {number}"
    if not raw.endswith(b"}\n"):
        raise ArchiveError(f"{told} is cut off, or longer than any event can be")
    head, mark, data = raw.partition(_DATA)
    if not mark:
        raise ArchiveError(f"{told} holds no event")
    try:
        envelope = _Envelope.model_validate_json(head + b"}")
        found = _recorded(envelope, data[:-2].decode())
        # Whether it is a fact that is known here or not, it must be JSON.
        json.loads(found.data)
        fact = CATALOGUE.read(found.type, found.schema, found.data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:100]
        raise ArchiveError(f"{told}: {place}: {first['msg']}") from None
    except ValueError as error:
        raise ArchiveError(f"{told} holds no event: {error}") from None
    return Archived(number, found, envelope.origin, fact is not None)


def _recorded(envelope: _Envelope, data: str) -> Recorded:
    if to_text(from_text(envelope.occurred)) != envelope.occurred:
        raise ValueError(f"{envelope.occurred!r} is no time as the log writes it")
    return Recorded(
        envelope.seq,
        envelope.stream,
        envelope.version,
        envelope.type,
        envelope.schema_,
        envelope.at,
        envelope.occurred,
        envelope.actor,
        envelope.cause,
        envelope.key,
        data,
        bytes.fromhex(envelope.hash),
    )
