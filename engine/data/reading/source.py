"""An opened file of rows: its first bytes without moving on, and how far it has been read."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER_BYTES = 256 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _CountingFile(io.FileIO):
    """A file that knows how many bytes were taken from it, also where nothing can be sought."""

    taken = 0

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        count = super().readinto(buffer)
        self.taken += count or 0
        return count


class Source:
    """A file opened for reading once, from front to back, so that a pipe serves as well.

    Args:
        path: the file.

    Attributes:
        name: the path as text that can be printed and recorded.
        suffix: the name's extension in lower case, with the dot.
        size: the file's bytes, or None for what has no size, such as a pipe.
        stream: the bytes from the start, a byte order mark left out.
        head: the first bytes of the stream (up to 256 KiB), which stay to be read.
        whole: whether the head is known to be all there is.

    Raises:
        DataError: if the file is missing, unreadable or empty.
    """

    def __init__(self, path: Path) -> None:
        self.name = os.fsencode(path).decode("utf-8", "backslashreplace")
        self.suffix = path.suffix.lower()
        self._file = _opened(path, self.name)
        self.stream = io.BufferedReader(self._file, _BUFFER_BYTES)
        try:
            self.size = _size(self._file)
            self.head = self._peek()
            self.whole = self._file.taken == self.size
        except BaseException:
            self.close()
            raise

    @property
    def position(self) -> int:
        """How many bytes of the file have been read, up to one buffer ahead of the rows given."""
        return self._file.taken

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self.stream.close()

    def _peek(self) -> bytes:
        try:
            if self.stream.peek().startswith(_BYTE_ORDER_MARK):
                self.stream.read(len(_BYTE_ORDER_MARK))
            head = self.stream.peek()
        except OSError as error:
            raise DataError(f"{self.name} cannot be read: {error.strerror}.") from error
        if not head:
            raise DataError(f"{self.name} is empty.")
        return head


def _opened(path: Path, name: str) -> _CountingFile:
    try:
        return _CountingFile(path)
    except FileNotFoundError as error:
        raise DataError(f"{name} does not exist.") from error
    except IsADirectoryError as error:
        raise DataError(f"{name} is a folder; name a file in it.") from error
    except PermissionError as error:
        raise DataError(f"{name} cannot be read: you have no permission for it.") from error
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror}.") from error


def _size(file: io.FileIO) -> int | None:
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None
