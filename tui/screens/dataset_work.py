"""Work on datasets that takes a while: one at a time, with progress, until it ends or is stopped.

It belongs to the app: it goes on when the screen that began it is left.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from multiprocessing import resource_tracker
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from tui.background import in_words, was_foreseen

if TYPE_CHECKING:
    from tui.app import FtlabApp

Progress = Callable[[int, int | None], None]
Act = Callable[[Progress], object]


class StoppedError(Exception):
    """Somebody wanted work to stop."""


class Work:
    """Something that is being done.

    Args:
        words: what, as `cleaning support@2`.

    Attributes:
        done: bytes, or what else the work counts, so far.
        total: of how many; None where nobody knows.
        begun: when it began, by the monotonic clock.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self.done = 0
        self.total: int | None = None
        self.begun = monotonic()
        self._stop = Event()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop; nothing is recorded then."""
        self._stop.set()

    def progress(self, done: int, total: int | None) -> None:
        """Take note of how far it has come.

        Raises:
            StoppedError: if it shall stop.
        """
        self.done, self.total = done, total
        if self._stop.is_set() or get_current_worker().is_cancelled:
            raise StoppedError


@dataclass
class WorkEnded(Message):
    """Work came to its end.

    Attributes:
        work: which.
        result: what it gave; None if it failed or was stopped.
        error: why it failed.
        words: the same in words; also that it was stopped. None if all went well.
    """

    work: Work
    result: object = None
    error: Exception | None = None
    words: str | None = None


_RUNNING: WeakKeyDictionary[FtlabApp, Work] = WeakKeyDictionary()


def running(app: FtlabApp) -> Work | None:
    """Return what is being done in an app."""
    return _RUNNING.get(app)


def begin(app: FtlabApp, words: str, act: Act, told: Screen[Any]) -> Work | None:
    """Begin work; it does not begin while other work goes on.

    Args:
        app: where.
        words: what is done.
        act: does it, calling what it is given as it comes along; returns a result.
        told: the screen that is told of the end; if it was left by then, a notification tells.

    Returns:
        The work, None if other work goes on.
    """
    if app in _RUNNING:
        return None
    work = _RUNNING[app] = Work(words)

    def run() -> None:
        try:
            ended = _done(work, act)
        finally:
            _RUNNING.pop(app, None)
        if not told.post_message(ended):
            app.notify(ended.words or f"{work.words}: done", markup=False)

    app.in_background("dataset work", run)
    return work


def _done(work: Work, act: Act) -> WorkEnded:
    _prepare_for_processes()
    try:
        return WorkEnded(work, act(work.progress))
    except StoppedError:
        return WorkEnded(work, words=f"{work.words}: stopped, nothing was recorded")
    except Exception as error:
        if not was_foreseen(error):
            raise
        return WorkEnded(work, error=error, words=in_words(error))


def _prepare_for_processes() -> None:
    """Start what Python needs to start processes; it hands on standard error, by its number.

    While the app runs, standard error is an object of Textual's that has none.
    """
    with redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()
