"""The process that beats a heartbeat: `python -I -S pulse.py FILE SECONDS PARENT`.

A thread of the training process would stand still for as long as any call there keeps the
interpreter's lock. This one ends with its parent: when its standard input is closed, or it has
another parent.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys


def touch(path: str) -> None:
    """Make a file, or its time the present one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.utime(descriptor)
    finally:
        os.close(descriptor)


def beat(path: str, seconds: float, parent: int) -> None:
    """Touch a file again and again, for as long as the parent lives."""
    while os.getppid() == parent:
        # There may be room on the disk again, or the server may be back, by the next time.
        with contextlib.suppress(OSError):
            touch(path)
        if select.select([sys.stdin], [], [], seconds)[0]:
            return


if __name__ == "__main__":
    beat(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
