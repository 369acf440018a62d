"""Reading an archive: nothing comes out of it that its manifest does not name and hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from engine.archive import tar
from engine.archive.errors import ArchiveError
from engine.archive.layout import MANIFEST
from engine.archive.manifest import MOST_BYTES, File, Manifest, digest_of, read_manifest
from engine.archive.members import CHUNK_BYTES
from engine.archive.packing import unpacked

Progress = Callable[[int, int | None], None]
"""Told of bytes done and in all."""

_NAMED = 3


class VerifiedFile:
    """A file of an archive while it is being read; its last byte comes only if all were right.

    Attributes:
        name: its path in the archive.
        sha256: the hash of its content.
        size: its bytes.
    """

    def __init__(
        self,
        name: str,
        listed: File,
        content: tar.Content,
        told: str,
        advance: Callable[[int], None],
    ) -> None:
        self.name = name
        self.sha256 = listed.sha256
        self.size = listed.bytes
        self._content = content
        self._told = told
        self._advance = advance
        self._digest = hashlib.sha256()
        self._ended = False

    def chunks(self) -> Iterator[bytes]:
        """Yield what has not been read yet.

        Raises:
            ArchiveError: in the end, if the content is not what the manifest says.
        """
        while chunk := self._content.read(CHUNK_BYTES):
            self._take(chunk)
            yield chunk
        self._require_hash()

    def lines(self, most: int) -> Iterator[bytes]:
        """Yield the lines with their line feeds; one of more than `most` bytes is cut there.

        Raises:
            ArchiveError: in the end, if the content is not what the manifest says.
        """
        while line := self._content.line(most):
            self._take(line)
            yield line
        self._require_hash()

    def finish(self) -> None:
        """Read what nobody wanted, to see that it is right."""
        if not self._ended:
            for _ in self.chunks():
                pass

    def _take(self, data: bytes) -> None:
        self._digest.update(data)
        self._advance(len(data))

    def _require_hash(self) -> None:
        self._ended = True
        if self._digest.hexdigest() != self.sha256:
            raise ArchiveError(
                f"{self._told} is not what {MANIFEST} says: it was changed or damaged since the "
                "archive was made. Fetch the archive anew."
            )


class Archive:
    """An archive that can be read from front to back, as often as need be.

    Args:
        file: the archive; it must be seekable.
        name: its name, for messages.

    Attributes:
        name: its name.
        manifest: what it says that it holds.
        digest: the hash of the manifest, which names the archive however it is packed.

    Raises:
        ArchiveError: if it is none.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self._file = file
        raw = self._read_manifest(self._members())
        self.manifest: Manifest = read_manifest(raw, name)
        self.digest = digest_of(raw)

    @property
    def size(self) -> int:
        """The size of all files, unpacked."""
        return sum(listed.bytes for listed in self.manifest.files.values())

    def files(self, progress: Progress | None = None) -> Iterator[VerifiedFile]:
        """Yield the files in their order; whatever is not read of one is still verified.

        Args:
            progress: told of bytes gone through.

        Raises:
            ArchiveError: naming the first file that is not what the manifest says, one that it
                does not name, or those that are missing.
        """
        members = self._members()
        if digest_of(self._read_manifest(members)) != self.digest:
            raise ArchiveError(f"{self.name} was changed while it was read")
        missing = dict(self.manifest.files)
        done, total = 0, self.size

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, total)

        for found in members:
            file = self._verified(found, missing.pop(found.name, None), advance)
            yield file
            file.finish()
        if missing:
            named = ", ".join(list(missing)[:_NAMED])
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            raise ArchiveError(f"{self.name} lacks {named}{more}. Fetch the archive anew.")

    def _verified(
        self, found: tar.Found, listed: File | None, advance: Callable[[int], None]
    ) -> VerifiedFile:
        told = f"{self.name}: {found.name[:100]}"
        if listed is None:
            raise ArchiveError(
                f"{told} is there twice, or not in {MANIFEST}: somebody put it in. Do not trust it."
            )
        if found.size != listed.bytes:
            raise ArchiveError(
                f"{told} has {found.size} bytes, not {listed.bytes} as {MANIFEST} says. Fetch the "
                "archive anew."
            )
        return VerifiedFile(found.name, listed, found.content, told, advance)

    def _members(self) -> Iterator[tar.Found]:
        return tar.members(unpacked(self._file, self.name), self.name)

    def _read_manifest(self, members: Iterator[tar.Found]) -> bytes:
        first = next(members, None)
        if first is None or first.name != MANIFEST:
            raise ArchiveError(
                f"{self.name} is no archive of ftlab: {MANIFEST} does not come first"
            )
        if first.size > MOST_BYTES:
            raise ArchiveError(f"{self.name}: {MANIFEST} has {first.size} bytes, which is too many")
        return first.content.read(first.size)
