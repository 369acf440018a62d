"""A program in a terminal of 120x40, as a benchmark sees it: bytes, and when they come."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psutil

LINES, COLUMNS = 40, 120
_PATIENCE = 120.0
_QUIET = 0.15


class Seen:
    """A running program, its keys and what it sends.

    Attributes:
        process: the program.
        sent: how many bytes it has sent.
    """

    def __init__(self, process: psutil.Popen, master: int, began: float) -> None:
        self.process = process
        self.sent = 0
        self._master, self._began = master, began
        self._tail = b""

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._master, keys.encode())

    def until(self, text: str) -> float:
        """Return the seconds since the program was started when a text comes."""
        wanted = text.encode()
        while wanted not in self._tail:
            if time.perf_counter() - self._began > _PATIENCE:
                raise TimeoutError(f"{text!r} never came on the terminal")
            self._read(1.0)
        return time.perf_counter() - self._began

    def answer(self, keys: str) -> tuple[float, float, int]:
        """Press keys; return the seconds to the first byte and to the last, and how many came."""
        self.quiet()
        began, before = time.perf_counter(), self.sent
        self.press(keys)
        first = last = 0.0
        while self._read(_QUIET if first else 5.0):
            last = time.perf_counter() - began
            first = first or last
        return first, last, self.sent - before

    def after(self, keys: str, text: str) -> float:
        """Return the seconds from pressing keys until a text comes."""
        self.quiet()
        self._tail = b""
        began = time.perf_counter()
        self.press(keys)
        self.until(text)
        return time.perf_counter() - began

    def quiet(self, seconds: float = _QUIET) -> None:
        """Wait until nothing has come for so long."""
        while self._read(seconds):
            pass

    def watch(self, seconds: float) -> tuple[float, float]:
        """Do nothing for so long; return bytes a second, and the part of a core that was used."""
        before, used, end = self.sent, self._used(), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return (self.sent - before) / seconds, (self._used() - used) / seconds

    def settle(self, seconds: float) -> float:
        """Return the seconds since the start at the last byte before so long a silence."""
        last = 0.0
        while self._read(seconds):
            last = time.perf_counter() - self._began
        return last

    def memory(self) -> float:
        """Return the resident memory of it and its children in MiB."""
        resident: int = sum(process.memory_info().rss for process in self._family())
        return resident / 2**20

    def _used(self) -> float:
        """Return the seconds of processor time that it and its children have used."""
        times = [process.cpu_times() for process in self._family()]
        return sum(each.user + each.system for each in times)

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        data = os.read(self._master, 65536)
        self.sent += len(data)
        self._tail = (self._tail + data)[-200_000:]
        if b"\x1b[c" in data:
            # What a terminal answers to the question what it is; some programs wait for it.
            os.write(self._master, b"\x1b[?62;c")
        return True


@contextmanager
def seen(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Seen]:
    """Run a program in a terminal of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    began = time.perf_counter()
    process = psutil.Popen(
        list(command),
        stdin=slave,
        stdout=slave,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Seen(process, master, began)
    finally:
        # Its children, too: it leads a session of its own.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)
