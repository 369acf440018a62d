"""What keeps a test from reaching beyond its folder, whatever it sets going."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class _Fence:
    """Refuses this process what reaches beyond a folder: hooks of `sys` cannot be taken off."""

    def __init__(self) -> None:
        self.within: Path | None = None
        self._hooked = False

    def put_up(self, within: Path) -> None:
        self.within = within.resolve()
        if not self._hooked:
            self._hooked = True
            sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in _HARMFUL or self.within is None:
            return
        if event == "open" and not _writes(arguments[2]):
            return
        if event == "os.kill" and arguments[1] == 0:
            return
        if event in _ON_FILES and all(self._is_within(each) for each in arguments[:1]):
            return
        raise PermissionError(1, f"within the fence nobody may {event}", str(arguments[0]))

    def _is_within(self, path: object) -> bool:
        if isinstance(path, int) or self.within is None:
            return True
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str | os.PathLike):
            return False
        full = os.path.realpath(path)
        return full.startswith((f"{self.within}{os.sep}", "/dev/null", "/dev/pt", "/dev/tty"))


_ON_FILES = frozenset(
    [
        "open",
        "os.remove",
        "os.rename",
        "os.mkdir",
        "os.rmdir",
        "os.truncate",
        "os.chmod",
        "os.link",
        "os.symlink",
        "shutil.rmtree",
    ]
)
_HARMFUL = _ON_FILES | frozenset(
    [
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.killpg",
        "socket.connect",
        "socket.getaddrinfo",
        "webbrowser.open",
    ]
)


def _writes(flags: object) -> bool:
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return isinstance(flags, int) and bool(flags & writing)


_FENCE = _Fence()


@contextmanager
def fenced(within: Path) -> Iterator[None]:
    """Let nothing be written beyond a folder, no process begin and nobody be called."""
    _FENCE.put_up(within)
    try:
        yield
    finally:
        _FENCE.within = None
