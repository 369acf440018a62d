"""An attempt's claim to its run folder: it lasts until a later attempt has begun.

A process that was stopped for a while (SIGSTOP, a suspended laptop, a virtual machine that was
moved) may wake up to find that it was taken for dead and its job resumed, on another machine even,
where a lock is not always seen. It must then write nothing any more.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.training import layout
from engine.training.process import ProcessIdentity, read_identity


class SupersededError(BaseException):
    """Another attempt goes on with the job; no `except Exception` on the way swallows it."""


class Claim:
    """Tells whether a process is still the one that trains in a run folder.

    Args:
        run_dir: the run folder.
        identity: the process, as it is recorded there.
    """

    def __init__(self, run_dir: Path, identity: ProcessIdentity) -> None:
        self._run_dir = run_dir
        self._identity = identity
        self._seen: tuple[int, ...] | None = None

    def check(self) -> None:
        """Make sure that no other attempt has begun; a few microseconds while none has.

        Raises:
            SupersededError: if one has.
        """
        if self.is_lost():
            raise SupersededError(f"another process goes on in {self._run_dir}")

    def is_lost(self) -> bool:
        """Tell whether another attempt has begun."""
        seen = _stamp(self._run_dir / layout.IDENTITY)
        if seen is None or seen == self._seen:
            return False
        found = read_identity(self._run_dir)
        if found is not None and found != self._identity:
            return True
        self._seen = seen
        return False


def _stamp(file: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is replaced; None if it cannot be looked at."""
    try:
        # Opened, for a network file system may otherwise tell what it was a while ago.
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
