"""Files that providers keep, as files: what is known of each, and its content as it came."""

from __future__ import annotations

from collections.abc import Iterator

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import FILES, safe
from engine.archive.members import Member
from store.queries.hosted import RemoteFileRow, remote_files


def remote_file_members(desk: Desk) -> Iterator[Member]:
    """Give the files of all providers' files that are wanted."""
    found = remote_files(desk.connection)
    for row in sorted(found, key=lambda row: (row.provider, row.file)):
        if desk.wants(f"file/{row.provider}/{row.file}"):
            yield from _file(desk, row)


def _file(desk: Desk, row: RemoteFileRow) -> Iterator[Member]:
    provider, file = (safe(name, 32).replace("/", "_") for name in (row.provider, row.file))
    desk.counts["provider files"] += 1
    stem = desk.names.claim(f"{FILES}/{provider}/{file}")
    yield desk.document(f"{stem}.json", row.recorded_at, facts_of(row))
    if row.content is not None:
        name = safe(row.filename or "content", 32).replace("/", "_")
        yield from desk.content(f"{stem}.{name}", row.content, row.recorded_at)
