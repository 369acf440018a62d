"""The files that an archive is made of, before they are in it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.closing import Closing

CHUNK_BYTES = 256 * 1024


class Source(Protocol):
    """Where a member's bytes come from."""

    def chunks(self) -> Iterator[bytes]:
        """Give the bytes, from the first to the last."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes:
        name: its path in the archive.
        bytes: its size.
        sha256: the hash of its content.
        moment: when what it tells was last changed (UTC text).
        source: where its content comes from.
    """

    name: str
    bytes: int
    sha256: str
    moment: str
    source: Source


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Bytes that are a file already."""

    path: Path

    def chunks(self) -> Iterator[bytes]:
        """Read the file."""
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


@dataclass(frozen=True, slots=True)
class InMemory:
    """Bytes that are few."""

    data: bytes

    def chunks(self) -> Iterator[bytes]:
        """Give them."""
        yield self.data


class Spool(Closing):
    """A file without a name in which what is written for an archive waits, one piece after another.

    Args:
        folder: on whose disk it lies.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._end = 0

    def add(self, name: str, moment: str, pieces: Iterable[bytes]) -> Member:
        """Write a member's content and return the member."""
        start = self._end
        digest = hashlib.sha256()
        self._file.seek(start)
        for piece in pieces:
            self._file.write(piece)
            digest.update(piece)
            self._end += len(piece)
        size = self._end - start
        return Member(name, size, digest.hexdigest(), moment, _Piece(self, start, size))

    def read(self, start: int, size: int) -> bytes:
        """Return a part of what was written."""
        self._file.seek(start)
        return self._file.read(size)

    def close(self) -> None:
        """Remove the file; doing it twice is no fault."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class _Piece:
    spool: Spool
    start: int
    size: int

    def chunks(self) -> Iterator[bytes]:
        for offset in range(0, self.size, CHUNK_BYTES):
            yield self.spool.read(self.start + offset, min(CHUNK_BYTES, self.size - offset))


def file_member(name: str, path: Path, moment: str) -> Member:
    """Return a file on the disk as a member; it is read once for its hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    return Member(name, size, digest, moment, OnDisk(path))


def in_memory(name: str, moment: str, data: bytes) -> Member:
    """Return a few bytes as a member."""
    return Member(name, len(data), hashlib.sha256(data).hexdigest(), moment, InMemory(data))
