"""Making an archive: gather what is wanted, then write it from front to back.

Everything is read from one snapshot of the store. What has to be written first (events, tables)
waits in a file without a name, so that the manifest can stand at the beginning with all sizes and
hashes; contents are hashed as they are copied, and memory does not grow with them.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from engine.archive.gathering import Gathered, gather
from engine.archive.members import Member, Spool
from engine.archive.packing import Write, packed, packing_of
from engine.archive.tar import TarWriter
from engine.data.exporting.placing import placed
from store.errors import BlobCorruptError

if TYPE_CHECKING:
    import sqlite3

    from engine.archive.manifest import Manifest
    from engine.archive.selection import Wish
    from engine.lab import Lab

Progress = Callable[[int, int | None], None]
"""Told of bytes done and in all."""

_PIPED = "archive.tar.zst"


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive that was made, or would be.

    Attributes:
        manifest: what it holds.
        digest: the SHA-256 of the manifest, which names the archive however it is packed.
        files: names and sizes of all its files, in their order.
        packed_bytes: the size of the archive; None if it was not made, or went down a pipe.
    """

    manifest: Manifest
    digest: str
    files: list[tuple[str, int]]
    packed_bytes: int | None = None

    @property
    def bytes(self) -> int:
        """The size of all files, unpacked."""
        return sum(size for _, size in self.files)


def export_archive(
    lab: Lab,
    wish: Wish,
    out: Path,
    *,
    replace: bool = False,
    at: sqlite3.Connection | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write an archive to a file, which is there when it is whole and not before.

    Args:
        lab: what it is made of.
        wish: what shall be in it.
        out: the file; its name says how it is packed.
        replace: whether a file that is there may go.
        at: a past state of the store, as `Lab.as_of` gives it; the present if None.
        progress: told of bytes written.

    Raises:
        RequestError: if the wish contradicts itself, or the name says no packing.
        NotFoundError: if something named does not exist.
        DataError: if the file is there already or cannot be written.
        BlobCorruptError: if a content has changed since it was stored.
    """
    packing_of(out.name)
    with placed(out, folder=False, replace=replace) as partial:
        with _gathered(lab, wish, out.parent, at) as gathered, partial.open("xb") as file:
            _pack(gathered.members, file, out.name, progress)
        return _told(gathered, partial.stat().st_size)


def stream_archive(
    lab: Lab,
    wish: Wish,
    file: BinaryIO,
    *,
    at: sqlite3.Connection | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write an archive down a pipe, packed with zstd; see `export_archive`."""
    with _gathered(lab, wish, Path(tempfile.gettempdir()), at) as gathered:
        _pack(gathered.members, file, _PIPED, progress)
        return _told(gathered)


def preview_archive(lab: Lab, wish: Wish, *, at: sqlite3.Connection | None = None) -> Exported:
    """Tell what an archive would hold, without making it; see `export_archive`."""
    with _gathered(lab, wish, Path(tempfile.gettempdir()), at) as gathered:
        return _told(gathered)


@contextmanager
def _gathered(
    lab: Lab, wish: Wish, folder: Path, at: sqlite3.Connection | None
) -> Iterator[Gathered]:
    connection = lab.database.reader if at is None else at
    with Spool(folder) as spool:
        with _snapshot(connection):
            gathered = gather(lab, connection, wish, spool)
        yield gathered


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """See the store as it stands now, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _told(gathered: Gathered, packed_bytes: int | None = None) -> Exported:
    files = [(member.name, member.bytes) for member in gathered.members]
    return Exported(gathered.manifest, gathered.digest, files, packed_bytes)


def _pack(members: Sequence[Member], file: BinaryIO, name: str, progress: Progress | None) -> None:
    with packed(file, name) as write:
        _write(members, write, progress)


def _write(members: Sequence[Member], write: Write, progress: Progress | None) -> None:
    tar = TarWriter(write)
    total, done = sum(member.bytes for member in members), 0
    for member in members:
        tar.begin(member.name, member.bytes, member.moment)
        digest = hashlib.sha256()
        for chunk in member.source.chunks():
            digest.update(chunk)
            tar.content(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, total)
        if digest.hexdigest() != member.sha256:
            raise BlobCorruptError(
                f"{member.name} cannot be written: the content {member.sha256[:12]}… has changed "
                "since it was stored. Restore it from a backup, or import its source again."
            )
        tar.end_member()
    tar.end()
