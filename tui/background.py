"""Work off the UI thread: it reads and acts, its result comes back as a message.

A worker never touches a widget. It returns a typed, past-tense message, which is posted to whoever
asked; newer work of the same group replaces older, whose message is then never posted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from engine.errors import LabError
from store.errors import StoreError
from tui.harmless import harmless

Work = Callable[[], Message | None]


@dataclass(frozen=True, slots=True)
class Failure:
    """Work of a group that raised an error, in words for a person."""

    group: str
    words: str


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

        self.run_worker(run, group=group, exclusive=True, exit_on_error=False, thread=True)

    def work_failed(self, failure: Failure) -> None:
        """Tell the person that work failed."""
        self.app.notify(failure.words, severity="error", markup=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Turn a worker's error into words."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.work_failed(Failure(event.worker.group, in_words(event.worker.error)))


def in_words(error: BaseException) -> str:
    """Return what a person needs to know of an error: its own words if they were meant for one."""
    text = harmless(str(error))
    if isinstance(error, (LabError, StoreError)):
        return text
    return f"Something unexpected went wrong ({type(error).__name__}: {text}). ftlab goes on."
