"""Taking an archive in: verify all of it, then contents, then events, each exactly once.

Contents come before the events that name them, and events in the order in which they were recorded,
some hundred in a transaction together with the fact that says where they are from. Killed anywhere,
it goes on when it is called again: what is here already is known by what it says.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from engine.archive.contents import Contents, take_contents, what_is_new
from engine.archive.errors import Conflict, ConflictError
from engine.archive.reading import Archive, Progress
from engine.archive.recording import record_events, record_import
from engine.archive.survey import survey
from engine.data.errors import DataError

if TYPE_CHECKING:
    from engine.archive.survey import Survey
    from engine.lab import Lab

_STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an archive brought, or would bring.

    Attributes:
        digest: the SHA-256 of its manifest.
        events: how many it holds.
        new_events: how many of them were not here yet.
        contents: the files that were not here yet.
        conflicts: the streams that were left out because they went on differently here.
        unknown_types: types of events that are kept until a newer ftlab understands them.
    """

    digest: str
    events: int
    new_events: int
    contents: Contents
    conflicts: tuple[Conflict, ...]
    unknown_types: tuple[str, ...]


def import_archive(
    lab: Lab, path: Path, *, skip_conflicts: bool = False, progress: Progress | None = None
) -> Imported:
    """Take in what is new in an archive.

    Args:
        lab: where to.
        path: the archive, packed or not; `-` for standard input.
        skip_conflicts: leave streams out that went on differently here, instead of refusing all.
        progress: told of bytes gone through, from 0 again for each of the two passes.

    Raises:
        ArchiveError: if the archive is not what it says; nothing was taken in.
        ConflictError: if streams went on differently here; nothing was taken in.
        StoreError: if the store cannot be written.
    """
    with _opened(path) as archive:
        found = survey(archive, lab.database.reader, progress)
        if found.conflicts and not skip_conflicts:
            raise ConflictError(archive.name, found.conflicts)
        contents = take_contents(lab, archive, found, progress)
        new_events = record_events(lab, archive, found.excluded)
        record_import(lab, archive, found.events)
        return _told(archive, found, contents, new_events)


def preview_import(lab: Lab, path: Path, *, progress: Progress | None = None) -> Imported:
    """Tell what an archive would bring, conflicts included, and take nothing in.

    See `import_archive`.
    """
    with _opened(path) as archive:
        found = survey(archive, lab.database.reader, progress)
        return _told(archive, found, what_is_new(lab, archive, found), found.new_events)


def _told(archive: Archive, found: Survey, contents: Contents, new_events: int) -> Imported:
    return Imported(
        archive.digest,
        found.events,
        new_events,
        contents,
        tuple(found.conflicts),
        tuple(sorted(found.unknown_types)),
    )


@contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    if path == _STDIN:
        with _on_disk(sys.stdin.buffer) as file:
            yield Archive(file, "standard input")
        return
    try:
        opened = path.open("rb")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    with opened as file:
        if file.seekable():
            yield Archive(file, str(path))
            return
        with _on_disk(file) as copy:
            yield Archive(copy, str(path))


@contextmanager
def _on_disk(pipe: BinaryIO) -> Iterator[BinaryIO]:
    """Give what comes from a pipe as a file: an archive is read more than once."""
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(pipe, file)
        yield file
