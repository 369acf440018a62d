"""Tar files of plain files and nothing else, written and read from front to back.

The headers are those of POSIX ustar (`tarfile` knows them). Links, devices, extended headers and
whatever else a tar file may hold are not written, and refused when read: nothing of a member is
ever taken on trust but its name and its size.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

from engine.archive.errors import ArchiveError
from engine.archive.layout import LONGEST
from engine.archive.members import CHUNK_BYTES

_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)
_PADDED_TO = tarfile.RECORDSIZE
_MOST_PADDING = 1024 * 1024
_USTAR_BYTES = 8 * 1024**3
_LATEST = 8**11 - 1


class TarWriter:
    """Writes a tar file.

    Args:
        write: takes the bytes.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._written = 0

    def begin(self, name: str, size: int, moment: str) -> None:
        """Write a member's header; so many bytes of content must follow, then `end_member`."""
        info = tarfile.TarInfo(name)
        info.size = size
        info.mtime = _seconds(moment)
        info.mode = 0o644
        self._put(_header_of(info))

    def content(self, data: bytes) -> None:
        """Write a part of the member's content."""
        self._put(data)

    def end_member(self) -> None:
        """Fill the member's last block."""
        self._put(bytes(-self._written % _BLOCK))

    def end(self) -> None:
        """Write what marks the end."""
        self._put(_END)
        self._put(bytes(-self._written % _PADDED_TO))

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._written += len(data)


def _header_of(info: tarfile.TarInfo) -> bytes:
    """Return a header; ustar counts to 8 GiB, and GNU's way of counting on is known everywhere."""
    if info.size < _USTAR_BYTES:
        return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    if len(info.name) > LONGEST:
        raise ValueError(f"{info.name} is too long a name for so large a file")
    return info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def _seconds(moment: str) -> int:
    """Return a UTC text as seconds since 1970, as far as a header can say them."""
    if not moment:
        return 0
    return min(max(0, int(datetime.fromisoformat(moment).timestamp())), _LATEST)


class Content:
    """The content of a member, which ends where the header said."""

    def __init__(self, stream: BinaryIO, size: int, told: str) -> None:
        self._stream = stream
        self._told = told
        self._left = size

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        data = self._stream.read(min(size, self._left))
        if len(data) < min(size, self._left):
            raise ArchiveError(f"{self._told}: the archive is cut off. Fetch it anew.")
        self._left -= len(data)
        return data

    def line(self, most: int) -> bytes:
        """Return the next line with its line feed, b"" at the end, never more than `most` bytes."""
        data = self._stream.readline(min(most, self._left))
        if not data and self._left:
            raise ArchiveError(f"{self._told}: the archive is cut off. Fetch it anew.")
        self._left -= len(data)
        return data


class Found(NamedTuple):
    """A member as it is met while reading."""

    name: str
    size: int
    content: Content


def members(stream: BinaryIO, archive: str) -> Iterator[Found]:
    """Yield the members of a tar file; what was not read of one is passed over.

    Args:
        stream: the tar file, unpacked.
        archive: its name, for messages.

    Raises:
        ArchiveError: if it is cut off, damaged, or holds anything but plain files.
    """
    while (info := _header(stream, archive)) is not None:
        content = Content(stream, info.size, f"{archive}: {info.name}")
        yield Found(info.name, info.size, content)
        while content.read(CHUNK_BYTES):
            pass
        stream.read(-info.size % _BLOCK)
    _require_nothing_more(stream, archive)


def _header(stream: BinaryIO, archive: str) -> tarfile.TarInfo | None:
    block = stream.read(_BLOCK)
    if len(block) < _BLOCK:
        raise ArchiveError(f"{archive} is cut off. Fetch it anew.")
    if block == bytes(_BLOCK):
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{archive} is no tar file, or damaged ({error}).") from error
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.size < 0:
        raise ArchiveError(
            f"{archive}: {info.name[:LONGEST]} is no plain file, and archives of ftlab hold "
            "nothing else. Do not trust it."
        )
    return info


def _require_nothing_more(stream: BinaryIO, archive: str) -> None:
    left = stream.read(_MOST_PADDING + 1)
    if len(left) > _MOST_PADDING or left.strip(b"\0"):
        raise ArchiveError(f"{archive} goes on after its end. Do not trust it.")
