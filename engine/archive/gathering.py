"""Putting together what an archive holds, in the order in which it is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.archive.chats import chat_members
from engine.archive.datasets import dataset_members
from engine.archive.desk import Desk
from engine.archive.evaluations import evaluation_members
from engine.archive.events import Lines
from engine.archive.jobs import job_members
from engine.archive.layout import CONTENTS, EVENTS, MANIFEST, README
from engine.archive.manifest import File, LogState, Manifest, Missing, Selection, digest_of
from engine.archive.members import Member, Spool, in_memory
from engine.archive.models import model_members, weight_members
from engine.archive.readme import readme
from engine.archive.recordings import recording_members, suite_members
from engine.archive.remote_files import remote_file_members
from engine.archive.selection import Wish, selected
from engine.archive.sweeps import sweep_members
from store.queries.streams import events_of, lab_id, newest_event

if TYPE_CHECKING:
    from engine.lab import Lab


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that goes into an archive.

    Attributes:
        manifest: what it says of itself.
        digest: the hash of the manifest.
        members: all files, the manifest first.
    """

    manifest: Manifest
    digest: str
    members: list[Member]


def gather(lab: Lab, connection: sqlite3.Connection, wish: Wish, spool: Spool) -> Gathered:
    """Gather what is wanted, as the store stands on a connection.

    Raises:
        RequestError: if the wish contradicts itself.
        NotFoundError: if something named does not exist.
    """
    from engine.lab import VERSION

    desk = Desk(connection, lab.blobs, spool, selected(connection, wish))
    source = _state(connection)
    lines = Lines(connection)
    events = spool.add(EVENTS, source.at, lines.of(events_of(connection, desk.streams)))
    files = sorted(_files(desk, lines, lab, wish, source.at), key=lambda member: member.name)
    about = in_memory(README, source.at, readme(desk.counts))
    manifest = Manifest(
        ftlab=VERSION,
        source=source,
        selection=_selection(wish),
        counts={"events": lines.count, **desk.counts},
        missing=tuple(Missing(name=name, sha256=sha256) for name, sha256 in desk.missing),
        files={each.name: _listed(each) for each in (about, events, *files)},
    )
    raw = manifest.as_bytes()
    first = in_memory(MANIFEST, source.at, raw)
    return Gathered(manifest, digest_of(raw), [first, about, events, *files])


def _files(desk: Desk, lines: Lines, lab: Lab, wish: Wish, moment: str) -> Iterator[Member]:
    yield from dataset_members(desk)
    yield from job_members(desk)
    yield from model_members(desk)
    yield from remote_file_members(desk)
    yield from chat_members(desk)
    yield from recording_members(desk)
    yield from evaluation_members(desk)
    yield from suite_members(desk)
    yield from sweep_members(desk)
    if wish.weights:
        yield from weight_members(desk, lab.places)
    for sha256 in sorted(lines.contents - desk.placed):
        if sha256 in desk.blobs:
            yield from desk.content(f"{CONTENTS}/{sha256}", sha256, moment)


def _state(connection: sqlite3.Connection) -> LogState:
    newest = newest_event(connection)
    if newest is None:
        return LogState(lab="", seq=0, at="", hash="")
    return LogState(lab=lab_id(connection), seq=newest.seq, at=newest.at, hash=newest.hash.hex())


def _selection(wish: Wish) -> Selection:
    return Selection(
        jobs=tuple(sorted(wish.jobs)),
        datasets=tuple(sorted(wish.datasets)),
        models=tuple(sorted(wish.models)),
        provider=wish.provider,
        since=wish.since,
        weights=wish.weights,
    )


def _listed(member: Member) -> File:
    return File(bytes=member.bytes, sha256=member.sha256)
