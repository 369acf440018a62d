"""A sign of life: a file that is touched for as long as the process runs."""

from __future__ import annotations

import threading
from pathlib import Path

SECONDS = 2.0


class Heartbeat:
    """Touches a file from a thread of its own.

    Args:
        path: the file.
        seconds: how often.
    """

    def __init__(self, path: Path, seconds: float = SECONDS) -> None:
        self._path = path
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin; the first touch is done when this returns."""
        self._path.touch()
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._path.touch()
