"""How an archive is packed: told by its name when it is written, by its first bytes when read."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from engine.data.reading.compression import PACKINGS
from engine.errors import RequestError

Write = Callable[[bytes], object]
_LEVEL = 6
_ZSTD_LEVEL = 3
_BUFFER_BYTES = 256 * 1024
_MAGIC_BYTES = 4


@contextmanager
def packed(file: BinaryIO, name: str) -> Iterator[Write]:
    """Give a function that packs bytes into a file the way a name says.

    What it writes depends on nothing but the bytes: no name and no time goes in.

    Args:
        file: where the packed bytes go; it stays open.
        name: `….tar`, `….tar.gz` or `….tar.zst`.

    Raises:
        RequestError: if the name says none of these.
    """
    match packing_of(name):
        case "gz":
            with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as gzipped:
                yield gzipped.write
        case "zst":
            import zstandard

            compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
            with compressor.stream_writer(file, closefd=False) as writer:
                yield writer.write
        case _:
            yield file.write


def packing_of(name: str) -> str:
    """Return `gz`, `zst`, or nothing for a plain tar file.

    Raises:
        RequestError: if the name is none of an archive.
    """
    for ending, packing in ((".tar", ""), (".tar.gz", "gz"), (".tgz", "gz"), (".tar.zst", "zst")):
        if name.endswith(ending):
            return packing
    raise RequestError(
        f"{name} does not say how to pack it: let it end in .tar.zst, .tar.gz or .tar"
    )


def unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """Return what a file holds, from its beginning, packed or not.

    Args:
        file: the archive; it is not closed with what is returned.
        name: its name, for messages.
    """
    file.seek(0)
    start = file.read(_MAGIC_BYTES)
    file.seek(0)
    for magic, unpack in PACKINGS.items():
        if start.startswith(magic):
            return io.BufferedReader(unpack(cast("io.BufferedReader", file), name), _BUFFER_BYTES)
    return file
