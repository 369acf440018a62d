"""An opened file: unpacked, its first bytes without moving on, and how far it has been read."""

from __future__ import annotations

import io
import os
import shutil
import stat
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from engine.data.errors import DataError
from engine.data.reading.compression import (
    PACKED_SUFFIXES,
    PACKINGS,
    ZIP_MARK,
    is_workbook,
    unzipped,
)
from engine.data.reading.encoding import (
    BYTE_ORDER_MARK,
    UTF_8,
    Decoded,
    checked_encoding,
    detected_encoding,
)
from engine.data.reading.streams import BUFFER_BYTES, Full, FullFile

STANDARD_INPUT = "-"
_MOST_LAYERS = 4


class Opened(Protocol):
    """What rows are read from, as far as a person hears of it.

    Attributes:
        name: the path as text that can be printed and recorded.
        size: the bytes there are, or None if nobody knows.
        encoding: the encoding of a text; None for what is no text.
    """

    name: str
    size: int | None
    encoding: str | None

    @property
    def position(self) -> int:
        """How many bytes have been read."""
        ...

    def finish(self) -> None:
        """Note that everything has been read."""
        ...

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        ...


class Source:
    """A file opened for reading once, from front to back, so that a pipe serves as well.

    Args:
        path: the file; `-` is the standard input.
        member: which file of a zip archive.

    Attributes:
        name: the path as text that can be printed and recorded.
        suffix: the extension in lower case, with the dot; that of what is packed, if it is.
        size: the file's bytes, or None for what has no size, such as a pipe.
        stream: the bytes from the start, unpacked.
        head: the first bytes of the stream (up to 256 KiB), which stay to be read.
        whole: whether the head is known to be all there is.
        workbook: whether it is a zip archive that holds an Excel workbook.
        member: the wish for a member, if no zip archive has taken it.
        encoding: None until `as_text`, then the encoding that the text was in.

    Raises:
        DataError: if the file is missing, unreadable, empty or damaged.
    """

    def __init__(self, path: Path | Literal["-"], member: str | None = None) -> None:
        self.name = shown_name(path)
        self.suffix = _suffix(path)
        self.member = member
        self.encoding: str | None = None
        self.workbook = False
        self.head = b""
        self.whole = False
        self.stream: io.BufferedReader
        self._places: BinaryIO | None = None
        self._finished = False
        self._closing = ExitStack()
        try:
            self._file = self._opened(path)
            self.size = _size(self._file)
            self._begin(self._file)
            for _ in range(_MOST_LAYERS):
                if not self._unpack():
                    break
        except OSError as error:
            self.close()
            raise DataError(f"{self.name} cannot be read: {error.strerror or error}.") from error
        except BaseException:
            self.close()
            raise

    @property
    def position(self) -> int:
        """How many bytes of the file have been read, up to one buffer ahead of the rows given."""
        if self.size is None:
            return self._file.taken
        return self.size if self._finished else min(self._file.taken, self.size)

    def finish(self) -> None:
        """Note that everything of interest has been read: the position is the size."""
        self._finished = True

    def close(self) -> None:
        """Close the file; doing it twice is no fault."""
        self._closing.close()

    def as_text(self, encoding: str | None) -> None:
        """Turn the stream into UTF-8 without a byte order mark.

        Args:
            encoding: the text's encoding; None finds it out.

        Raises:
            DataError: if there is no such encoding, or nothing but a byte order mark.
        """
        if encoding is None:
            self.encoding = detected_encoding(self.head, cut=not self.whole)
        else:
            self.encoding = checked_encoding(encoding)
        if self.encoding in (UTF_8, "utf-8-sig"):
            self.encoding = UTF_8
            if self.head.startswith(BYTE_ORDER_MARK):
                self.stream.read(len(BYTE_ORDER_MARK))
                self.head = self.stream.peek()
        else:
            self._begin(Full(Decoded(self.stream, self.encoding, self.name)))
        self._refuse_nothing()

    def seekable(self) -> BinaryIO:
        """Return the bytes as a file in which places can be sought, from the start.

        What cannot be sought in (a pipe, something packed) is first copied to a temporary file.
        """
        if self._places is None:
            self._places = self._with_places()
        self._places.seek(0)
        return self._places

    def _with_places(self) -> BinaryIO:
        if self._is_plain and self.stream.seekable():
            return self.stream
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this source
        self._closing.callback(spool.close)
        shutil.copyfileobj(self.stream, spool, BUFFER_BYTES)
        return spool

    def _opened(self, path: Path | Literal["-"]) -> Full:
        if str(path) != STANDARD_INPUT:
            return FullFile(_opened(Path(path), self.name))
        stream = getattr(sys.stdin, "buffer", None)
        if stream is None:
            raise DataError("There is no standard input to read. Name a file instead.")
        return Full(stream)

    def _begin(self, raw: Full) -> None:
        """Go on with another stream from its start."""
        self._is_plain = raw is self._file
        self._places = None
        self.stream = io.BufferedReader(raw, BUFFER_BYTES)
        self._closing.callback(self.stream.close)
        self.head = self.stream.peek()
        self.whole = raw.ended
        self._refuse_nothing()

    def _refuse_nothing(self) -> None:
        if not self.head:
            raise DataError(f"{self.name} is empty.")

    def _unpack(self) -> bool:
        """Take one packing off, and return whether there was one."""
        for mark, unpack in PACKINGS.items():
            if self.head.startswith(mark):
                self._begin(unpack(self.stream, self.name))
                return True
        if not self.head.startswith(ZIP_MARK):
            return False
        file = self.seekable()
        self.workbook = is_workbook(file, self.name)
        if self.workbook:
            return False
        raw, inner = unzipped(file, self.name, self.member)
        self.member = None
        self.suffix = _suffix(inner)
        self._begin(raw)
        return True


def shown_name(path: Path | str) -> str:
    """Return a path as text that can be printed and recorded, whatever bytes it is made of."""
    if str(path) == STANDARD_INPUT:
        return "standard input"
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _suffix(path: Path | str) -> str:
    """Return the extension of what is packed in a file, as its name tells it."""
    inner = Path(path)
    while inner.suffix.lower() in PACKED_SUFFIXES:
        inner = inner.with_suffix("")
    return inner.suffix.lower()


def _opened(path: Path, name: str) -> io.FileIO:
    try:
        return io.FileIO(path)
    except FileNotFoundError as error:
        raise DataError(f"{name} does not exist.") from error
    except IsADirectoryError as error:
        raise DataError(f"{name} is a folder; name a file in it.") from error
    except PermissionError as error:
        raise DataError(f"{name} cannot be read: you have no permission for it.") from error
    except ValueError as error:
        raise DataError(f"{name} cannot be read: {error}.") from error


def _size(raw: Full) -> int | None:
    if not isinstance(raw, FullFile):
        return None
    status = os.fstat(raw.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None
