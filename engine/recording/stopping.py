"""Ending recordings that are made in another thread."""

from __future__ import annotations

import asyncio
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.recording.work import Progress

_Task = tuple[asyncio.AbstractEventLoop, asyncio.Task[object]]


class Stopper:
    """Ends recordings from any thread, as ctrl-C would: every answer that came is kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stopped = False
        self._task: _Task | None = None

    def watching(self, progress: Progress) -> Progress:
        """Return what a recording tells its progress to; by it the recording becomes known.

        It raises `asyncio.CancelledError` in a recording that begins after the end.
        """
        known: _Task | None = None

        def tell(done: int, total: int, spent: float) -> None:
            nonlocal known
            with self._lock:
                if known is None:
                    # The recording itself speaks first, and only later the tasks that it has begun.
                    known = self._task = _current()
                    if self._stopped:
                        raise asyncio.CancelledError
            progress(done, total, spent)

        return tell

    def watch(self) -> None:
        """Make the task that calls this the one that is ended.

        Raises:
            asyncio.CancelledError: if that has been asked for already.
        """
        with self._lock:
            self._task = _current()
            if self._stopped:
                raise asyncio.CancelledError

    def stop(self) -> None:
        """End what is being recorded, and whatever would be recorded next."""
        with self._lock:
            self._stopped = True
            if self._task is None:
                return
            loop, task = self._task
            if not loop.is_closed():
                loop.call_soon_threadsafe(task.cancel)


def _current() -> _Task | None:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return None
    return None if task is None else (task.get_loop(), task)
