"""Files that are packed: gzip, zstd and zip archives, told by their first bytes and streamed."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, NamedTuple, cast

from engine.data.errors import DataError
from engine.data.reading.choice import chosen
from engine.data.reading.extras import needed_for
from engine.data.reading.rows import excerpt
from engine.data.reading.streams import Full, Unpacked

ZIP_MARK = b"PK\x03\x04"

_GZIP_DAMAGES = (zlib.error, gzip.BadGzipFile)
_ZIP_DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, RuntimeError)
_ZSTD_PIECE = 1024
_NOT_CONTENT = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def gunzipped(stream: io.BufferedReader, name: str) -> Full:
    """Return what a gzip file holds, all its members one after the other (RFC 1952)."""
    inner = gzip.GzipFile(fileobj=stream, mode="rb")
    return Unpacked(inner, f"{name}: the gzip data", _GZIP_DAMAGES)


def unzstd(stream: io.BufferedReader, name: str) -> Full:
    """Return what a zstd file holds, all its frames one after the other (RFC 8878).

    Raises:
        DataError: if the library for it is not installed.
    """
    with needed_for("Files packed with zstd"):
        import zstandard
    return Unpacked(_Frames(stream), f"{name}: the zstd data", (zstandard.ZstdError,))


PACKINGS: dict[bytes, Callable[[io.BufferedReader, str], Full]] = {
    b"\x1f\x8b": gunzipped,
    b"\x28\xb5\x2f\xfd": unzstd,
}
"""How files that begin with certain bytes are unpacked from front to back."""

PACKED_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd", ".zip")


class _Frames:
    """The frames of a zstd file.

    The library's own stream reader takes a file that is cut off for one that ends there, so frames
    are read one by one. The pieces are small because everything that comes out of one is in memory
    at once: 128 KiB for each 3 bytes in the worst file.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        import zstandard

        self._stream = stream
        self._decompressor = zstandard.ZstdDecompressor()
        self._frame = self._decompressor.decompressobj()
        self._inside = False
        self._rest = b""
        self._out = memoryview(b"")

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the buffer with what comes next, at least one byte before the end."""
        while not self._out:
            piece = self._rest or self._stream.read(_ZSTD_PIECE)
            if not piece:
                if self._inside:
                    raise EOFError
                return 0
            self._out = memoryview(self._unpacked(piece))
        count = min(len(buffer), len(self._out))
        buffer[:count] = self._out[:count]
        self._out = self._out[count:]
        return count

    def _unpacked(self, piece: bytes) -> bytes:
        out = self._frame.decompress(piece)
        self._inside, self._rest = not self._frame.eof, b""
        if self._frame.eof:
            self._rest = self._frame.unused_data
            self._frame = self._decompressor.decompressobj()
        return out


class Member(NamedTuple):
    """A file inside a zip archive.

    Attributes:
        stream: what it holds.
        name: its name in the archive.
    """

    stream: Full
    name: str


def is_workbook(file: BinaryIO, name: str) -> bool:
    """Tell an Excel workbook, which is a zip archive too, from others.

    Raises:
        DataError: if it is another kind of office document, or the archive is damaged.
    """
    names = set(_archive(file, name).namelist())
    if "[Content_Types].xml" not in names:
        return False
    if any(inner.startswith("xl/") for inner in names):
        return True
    raise DataError(f"{name} is an office document. Save its text as .txt, .md or .csv first.")


def unzipped(file: BinaryIO, name: str, wish: str | None) -> Member:
    """Return a file of a zip archive: the one wished for, or the only one there is.

    Raises:
        DataError: if the archive is damaged, or the file cannot be told or unpacked.
    """
    archive = _archive(file, name)
    names = [
        inner
        for inner in archive.namelist()
        if not inner.endswith("/")
        and not inner.startswith(_NOT_CONTENT)
        and not inner.endswith(_NOT_CONTENT)
    ]
    inner = chosen(names, wish, what="files", where=name, option="--member")
    try:
        stream = io.BufferedReader(cast("io.RawIOBase", archive.open(inner)))
    except NotImplementedError as error:
        raise DataError(f"{name} is packed in an unusual way. Unpack it first.") from error
    except RuntimeError as error:
        raise DataError(f"{name} is encrypted. Unpack it first.") from error
    except (*_ZIP_DAMAGES, EOFError) as error:
        raise DataError(f"{name} is damaged ({excerpt(str(error))}). Fetch it anew.") from error
    shown = f"{name}: '{excerpt(inner, 60)}' in it"
    return Member(Unpacked(stream, shown, _ZIP_DAMAGES), inner)


def _archive(file: BinaryIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*_ZIP_DAMAGES, NotImplementedError, EOFError) as error:
        raise DataError(f"{name} is a damaged zip archive. Fetch it anew.") from error
