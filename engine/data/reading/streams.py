"""Byte streams on top of each other: from the bytes of a file to the text that it holds."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from engine.data.errors import DataError
from engine.data.reading.rows import excerpt

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES = 256 * 1024
"""How much is read at once, and how much of a stream can be looked at before it is read."""


class Stream(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer only at the end."""
        ...


class Readable(Protocol):
    """What bytes can be taken from."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer from its beginning and return how many bytes came; 0 at the end."""
        ...


class Full(io.RawIOBase):
    """A stream that gives as many bytes as asked for until it ends, as pipes do not of themselves.

    Attributes:
        taken: how many bytes have been read.
        ended: whether the end has been seen.
    """

    def __init__(self, inner: Readable) -> None:
        self._inner = inner
        self.taken = 0
        self.ended = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer.

        Raises:
            BlockingIOError: if the stream does not wait for data.
        """
        view = memoryview(buffer).cast("B")
        count = 0
        while count < len(view):
            got = self._inner.readinto(view[count:])
            if got is None:
                raise BlockingIOError(0, "it does not wait for data")
            if not got:
                self.ended = True
                break
            count += got
        self.taken += count
        return count


class FullFile(Full):
    """The same on a file, in which places can be sought; closing this closes it."""

    def __init__(self, file: io.FileIO) -> None:
        super().__init__(file)
        self._file = file

    def seekable(self) -> bool:
        """Say whether places can be gone to; in a pipe they cannot."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def fileno(self) -> int:
        """Return the system's number for the file."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self._file.close()
        super().close()


class Unpacked(Full):
    """Unpacked bytes; damage is told in plain words.

    Args:
        inner: what unpacks.
        what: what is unpacked, for the message ("a.gz: the gzip data").
        damages: the errors by which the library tells of damage.
    """

    def __init__(self, inner: Readable, what: str, damages: tuple[type[Exception], ...]) -> None:
        super().__init__(inner)
        self._what = what
        self._damages = damages

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer.

        Raises:
            DataError: if the packed data is damaged.
        """
        try:
            return super().readinto(buffer)
        except EOFError as error:
            raise DataError(f"{self._what} is cut off. Fetch the file anew.") from error
        except self._damages as error:
            reason = excerpt(str(error))
            raise DataError(f"{self._what} is damaged ({reason}). Fetch the file anew.") from error


class LineFeeds(io.RawIOBase):
    """A text whose lines end in carriage returns, with line feeds instead.

    Args:
        stream: the text.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with what comes next."""
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view)).replace(b"\r", b"\n")
        view[: len(data)] = data
        return len(data)
