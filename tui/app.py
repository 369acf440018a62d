"""The full-screen app: it wires the screens to the lab, and no more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.command import Provider
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import get_current_worker

from store import times
from tui.actions import Place, bindings
from tui.background import Background, Failure
from tui.screens.jobs import Jobs
from tui.theme import FTLAB_DARK
from tui.watch import Beginning, JobsRead, LogGrew, begin, watch
from tui.widgets.title_line import homely

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.models import ModelRow

_START_AGAIN_SECONDS = 2.0


def _commands() -> type[Provider]:
    from tui.palette import Commands

    return Commands


class FtlabApp(App[int], Background):
    """The terminal UI of a lab.

    Args:
        lab: what is shown and acted on.
        now: tells the time; ages and times of day are shown by it.
    """

    CSS_PATH = "styles/app.tcss"
    BINDINGS = bindings("everywhere")
    COMMANDS: ClassVar = {_commands}
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, lab: Lab, now: Callable[[], datetime] = times.now) -> None:
        # Read while Textual sets itself up, so that the first frame shows jobs already.
        thread = ThreadPoolExecutor(max_workers=1)
        self._first: Future[Beginning] | None = thread.submit(begin, lab.database)
        thread.shutdown(wait=False)
        super().__init__()
        self.lab = lab
        self._now = now
        self.title = f"ftlab {homely(lab.database.path)}"
        self.animation_level = "none"
        self.register_theme(FTLAB_DARK)
        self.theme = FTLAB_DARK.name
        self.jobs_read: Signal[JobsRead] = Signal(self, "jobs read")
        self.log_grew: Signal[LogGrew] = Signal(self, "log grew")
        self._polls = False
        self._complaint: str | None = None

    def get_default_screen(self) -> Screen[None]:
        """Begin with the jobs."""
        return Jobs(self.lab, self._now)

    @property
    def first_jobs(self) -> JobsRead | None:
        """The newest jobs, if they are read already."""
        if self._first is None or not self._first.done() or self._first.exception() is not None:
            return None
        beginning = self._first.result()
        return JobsRead(beginning.rows, beginning.whole)

    def start_watching(self) -> None:
        """Read all jobs, then follow the log, from a thread."""
        self.in_background("watch", self._watch)

    def _watch(self) -> None:
        stopped: Event = get_current_worker().cancelled_event
        first, self._first = self._first, None
        beginning = begin(self.lab.database) if first is None else first.result()
        self.post_message(JobsRead(beginning.rows, beginning.whole))
        watch(self.lab.database, beginning, self.post_message, stopped)

    def on_jobs_read(self, message: JobsRead) -> None:
        """Tell who shows jobs."""
        self.jobs_read.publish(message)

    def on_log_grew(self, message: LogGrew) -> None:
        """Tell who shows what the log says."""
        self._complaint = None
        self.log_grew.publish(message)

    def work_failed(self, failure: Failure) -> None:
        """Tell once what is wrong, and go on watching after a while."""
        if failure.words != self._complaint:
            self._complaint = failure.words
            super().work_failed(failure)
        if failure.group == "watch":
            self.set_timer(_START_AGAIN_SECONDS, self.start_watching)

    def start_polling(self) -> None:
        """Bring in what running jobs report, unless another process does; loads its scheduler."""
        if not self._polls:
            self._polls = True
            self.in_background("poll", self.lab.start_polling)

    def open_chat(self, model: ModelRow) -> None:
        """Talk to a model."""
        from tui.screens.chat import Chat

        self.push_screen(Chat(self.lab, self._now, model))

    def action_models(self) -> None:
        """List the models."""
        from tui.screens.models import Models

        self.push_screen(Models(self.lab, self._now))

    def action_help(self) -> None:
        """Show the keys that work here."""
        from tui.screens.help import Help

        places: tuple[Place, ...] = getattr(self.screen, "PLACES", ("everywhere",))
        self.push_screen(Help(places))

    def action_read_anew(self) -> None:
        """Read everything anew and repaint the whole screen."""
        self.start_watching()
        self.refresh(layout=True)


def run(lab: Lab) -> int:
    """Show the terminal UI of a lab until the person leaves; return the exit status."""
    app = FtlabApp(lab)
    try:
        return app.run() or 0
    finally:
        lab.stop_polling()
