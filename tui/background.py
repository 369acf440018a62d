"""Work off the UI thread: it reads and acts, its result comes back as a message.

A worker never touches a widget. It returns a typed, past-tense message, which is posted to whoever
asked; newer work of the same group replaces older, whose message is then never posted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from engine.errors import LabError
from store.errors import StoreError
from tui.harmless import harmless
from tui.patient import Patient

WATCH = "watch"
"""The work that goes on for as long as the app does."""

Work = Callable[[], Message | None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Work of a group that raised an error, in words for a person.

    Attributes:
        group: which work.
        words: what happened.
        foreseen: whether it may happen; what may not is told by the app, with a report.
    """

    group: str
    words: str
    foreseen: bool = True


class Background(DOMNode):
    """Something on the screen that has work done in threads."""

    def in_background(self, group: str, work: Work) -> None:
        """Run work in a thread and post what it returns to this node.

        What it raises is told through `work_failed`; the app goes on.
        """

        def run() -> None:
            worker = get_current_worker()
            if worker.is_cancelled:
                return
            message = work()
            if message is not None and not worker.is_cancelled:
                self.post_message(message)

        worker = self.run_worker(run, group=group, exclusive=True, exit_on_error=False, thread=True)
        if isinstance(self.app, Patient) and group != WATCH:
            self.app.begun(worker)

    def work_failed(self, failure: Failure) -> None:
        """Tell the person that work failed, unless the app tells it."""
        if failure.foreseen:
            self.app.notify(failure.words, severity="error", markup=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Turn a worker's error into words; hand on what nobody foresaw."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        foreseen = was_foreseen(error)
        self.work_failed(Failure(event.worker.group, in_words(error), foreseen))
        if not foreseen and isinstance(error, Exception):
            self.app._handle_exception(error)  # noqa: SLF001 - Textual has no other way to it


def was_foreseen(error: BaseException) -> bool:
    """Return whether an error is of this world: refusals, files and databases that fail."""
    from engine.data.errors import DataError

    return isinstance(error, (LabError, StoreError, DataError, OSError, sqlite3.Error))


def in_words(error: BaseException) -> str:
    """Return what a person needs to know of an error: its own words if they were meant for one."""
    text = harmless(str(error))
    if isinstance(error, sqlite3.OperationalError) and "locked" in text:
        return "Another process keeps the database locked."
    if isinstance(error, sqlite3.Error):
        return f"The database fails ({text}): `ftlab verify` tells what is wrong."
    if isinstance(error, OSError) and error.filename is not None:
        return harmless(f"{error.filename}: {error.strerror}")
    if was_foreseen(error):
        return text
    return f"Something unexpected went wrong ({type(error).__name__}: {text}). ftlab goes on."
