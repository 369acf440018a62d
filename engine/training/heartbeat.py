"""A sign of life: a file that is touched for as long as the process runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from engine.training import pulse

SECONDS = 2.0
_END_SECONDS = 5.0


class Heartbeat:
    """Has a file touched by a small process beside this one, whatever this one is at.

    Args:
        path: the file.
        seconds: how often.
        on_beat: called from a thread as often as that.
    """

    def __init__(
        self,
        path: Path,
        seconds: float = SECONDS,
        on_beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._seconds = seconds
        self._on_beat = on_beat
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
        self._pulse: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin; the first touch is done when this returns."""
        self._keep_beating()
        self._touch()
        self._thread.start()

    def stop(self, *, keep_file: bool = False) -> None:
        """End, and leave no file behind: nobody has to wait until it is old.

        Args:
            keep_file: whether to leave it, for somebody else touches it now.
        """
        self._stopped.set()
        self._thread.join()
        if self._pulse is not None:
            self._let_go(self._pulse)
        if not keep_file:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _watch(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._keep_beating()
            self._on_beat()

    def _keep_beating(self) -> None:
        """Start the process, again if it was ended; touch the file here if it cannot be started."""
        if self._pulse is not None:
            if self._pulse.poll() is None:
                return
            self._let_go(self._pulse)
        arguments = [str(self._path), str(self._seconds), str(os.getpid())]
        try:
            self._pulse = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(pulse.__file__)), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # A signal for the training process's group is none of its business.
                start_new_session=True,
            )
        except OSError:
            self._touch()

    def _let_go(self, ended: subprocess.Popen[bytes]) -> None:
        """Have the process end, which it does when its standard input is closed."""
        if ended.stdin is not None:
            ended.stdin.close()
        try:
            ended.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:  # The disk hangs.
            ended.kill()

    def _touch(self) -> None:
        with contextlib.suppress(OSError):
            pulse.touch(str(self._path))
