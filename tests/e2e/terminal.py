"""A real terminal for the real command: a pseudo-terminal, and an emulator of its screen."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pexpect
import pyte

_SECONDS = 60.0


class Terminal:
    """What a person sees and types.

    Attributes:
        process: the command that runs in it.
        sent: every byte that the command wrote.
    """

    def __init__(self, process: pexpect.spawn[bytes], columns: int, lines: int) -> None:
        self.process = process
        self.sent = b""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    def shown(self) -> str:
        """The screen as it stands, its lines one below the other."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        self.process.send(keys)

    def until_shown(self, *texts: str, seconds: float = _SECONDS) -> str:
        """Wait until all of the texts are on the screen; return it."""
        deadline = time.monotonic() + seconds
        while not all(text in self.shown() for text in texts):
            assert time.monotonic() < deadline, f"{texts} not on the screen:\n{self.shown()}"
            assert self._read(0.1) or self.process.isalive(), f"it ended:\n{self.shown()}"
        return self.shown()

    def press_until(self, keys: str, text: str) -> None:
        """Press keys until a text is on the screen: a key may come before what it acts on."""
        deadline = time.monotonic() + _SECONDS
        while text not in self.shown():
            assert time.monotonic() < deadline, f"{text} not on the screen:\n{self.shown()}"
            self.press(keys)
            for _ in range(10):
                self._read(0.1)
                if text in self.shown():
                    return

    def until_ended(self, seconds: float = _SECONDS) -> int | None:
        """Wait until the command ends; return its exit status."""
        deadline = time.monotonic() + seconds
        while self._read(0.1) or self.process.isalive():
            assert time.monotonic() < deadline, f"it does not end:\n{self.shown()}"
        self.process.close()
        status: int | None = self.process.exitstatus
        return status

    def _read(self, seconds: float) -> bool:
        """Take in what the command wrote; False when there is nothing more to come."""
        try:
            data = self.process.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.sent += data
        self._stream.feed(data)
        return True


def terminal(
    *arguments: str | Path, environment: Mapping[str, str], columns: int = 100, lines: int = 30
) -> AbstractContextManager[Terminal]:
    """Run ftlab in a terminal of its own while the block does."""
    command = [sys.executable, "-m", "tui.cli", *map(str, arguments)]
    return _running(command, environment, columns, lines)


def shell(*, environment: Mapping[str, str]) -> AbstractContextManager[Terminal]:
    """Run a shell that knows of jobs in a terminal of its own while the block does."""
    return _running(["/bin/bash", "--norc", "-i"], {**environment, "PS1": "$ "}, 100, 30)


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], columns: int, lines: int
) -> Iterator[Terminal]:
    process: pexpect.spawn[bytes] = pexpect.spawn(
        command[0],
        list(command[1:]),
        env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
        dimensions=(lines, columns),
        timeout=None,
    )
    try:
        yield Terminal(process, columns, lines)
    finally:
        process.close(force=True)
