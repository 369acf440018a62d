"""Content-addressed files: dataset contents and, later, result files.

A blob's name is the SHA-256 of its bytes. It is written under a temporary name, synced and renamed,
so that a blob that exists is whole; equal content is stored once. Reading verifies it. The writer
holds a lock on the temporary file: one that nobody holds is left over and goes with the next write.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from store.errors import BlobCorruptError, NotFoundError, StoreError

_PARTIAL = ".partial-"


class BlobWriter:
    """A blob on its way; `content` is its name once it is finished."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0
        self.content: str | None = None

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def hexdigest(self) -> str:
        """Return the hash of what was written so far."""
        return self._digest.hexdigest()


class BlobStore:
    """A folder of blobs.

    Args:
        root: the folder; it is made when the first blob is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, content: str) -> Path:
        """Return where the blob of this hash lies, or would."""
        return self.root / content[:2] / content

    def __contains__(self, content: str) -> bool:
        return self.path(content).is_file()

    @contextmanager
    def write(self) -> Iterator[BlobWriter]:
        """Write a blob; it exists when the block ends well, and leaves nothing when it does not.

        Raises:
            StoreError: if there is no room for it, or the folder cannot be written to.
        """
        try:
            with self._writing() as writer:
                yield writer
        except OSError as error:
            # One with a name is about another file, or says itself what is wrong with the folder.
            if error.filename is not None:
                raise
            raise StoreError(f"{self.root} cannot be written to: {error.strerror}") from error

    @contextmanager
    def _writing(self) -> Iterator[BlobWriter]:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_left_over()
        handle, partial = self._begin()
        try:
            with os.fdopen(handle, "wb") as file:
                writer = BlobWriter(file)
                yield writer
                file.flush()
                os.fsync(file.fileno())
                writer.content = writer.hexdigest()
                # Before the lock goes with the file, or somebody might take it for left over.
                self._keep(partial, writer.content)
        finally:
            partial.unlink(missing_ok=True)

    def _begin(self) -> tuple[int, Path]:
        """Make a temporary file and lock it; another one if somebody removed it in between."""
        while True:
            handle, name = tempfile.mkstemp(prefix=_PARTIAL, dir=self.root)
            # Where the file system knows no locks, nobody can take one and remove the file.
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                return handle, Path(name)
            os.close(handle)

    def _remove_left_over(self) -> None:
        """Remove what writers that were killed left behind."""
        for partial in self.root.glob(f"{_PARTIAL}*"):
            # It may be gone or somebody's who is still writing.
            with suppress(OSError), partial.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                partial.unlink()

    def _keep(self, partial: Path, content: str) -> None:
        target = self.path(content)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        partial.chmod(0o400)
        partial.rename(target)
        _sync_folder(target.parent)
        _sync_folder(self.root)

    def put(self, data: bytes) -> str:
        """Store bytes and return their hash."""
        with self.write() as blob:
            blob.write(data)
        return blob.hexdigest()

    def verified(self, content: str) -> Path:
        """Return the blob's path after checking its bytes against its name.

        Raises:
            NotFoundError: if there is no such blob.
            BlobCorruptError: if its bytes have changed.
        """
        path = self.path(content)
        try:
            with path.open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise NotFoundError(
                f"the file with content {content[:12]}… is missing: {path}"
            ) from None
        if actual != content:
            raise BlobCorruptError(
                f"{path} has changed since it was stored (its hash is now {actual[:12]}…): "
                "restore it from a backup or import its source again"
            )
        return path

    def read(self, content: str) -> bytes:
        """Return a blob's bytes, verified; see `verified` for what is raised."""
        return self.verified(content).read_bytes()


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
