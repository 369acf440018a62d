"""The full-screen app: it wires the screens to the lab, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from store import times
from tui.actions import NONE, bindings, clashes, unknown_actions
from tui.aids import Aided
from tui.background import WATCH, Failure
from tui.ending import Ending, Threads, wait
from tui.enduring import Enduring
from tui.interrupting import Interrupting
from tui.news import News
from tui.pasting import Pasting
from tui.patient import Patient
from tui.resting import Resting
from tui.screens.jobs import Jobs
from tui.session import Session, read_session, write_session
from tui.sparing import SparingApp
from tui.toasting import Toasting
from tui.travelling import Travelling
from tui.watch import Beginning, JobsListed, LogGrew, begin, watch
from tui.widgets.key_line import KeyLine
from tui.widgets.title_line import homely

if TYPE_CHECKING:
    from engine.lab import Lab

_START_AGAIN_SECONDS = 2.0
_GRAVE_SECONDS = 60.0


@dataclass
class KeysRead(Message):
    """The user's own keys were read."""

    own: Mapping[str, str]


class FtlabApp(
    SparingApp,
    Enduring,
    Toasting,
    Interrupting,
    Pasting,
    Resting,
    Ending,
    Patient,
    Aided,
    Travelling,
):
    """The terminal UI of a lab.

    Args:
        lab: what is shown and acted on.
        now: tells the time; ages and times of day are shown by it.
        at: the event as of which everything is shown at first; None for now.
    """

    CSS_PATH = "styles/app.tcss"
    BINDINGS = bindings("everywhere")

    def __init__(
        self, lab: Lab, now: Callable[[], datetime] = times.now, at: int | None = None
    ) -> None:
        self.session = read_session(lab.places.home, lab.database.path)
        # Read while Textual sets itself up, so that the first frame shows jobs already.
        thread = ThreadPoolExecutor(max_workers=1)
        self._first: Future[Beginning] | None = thread.submit(
            begin, lab.database, self.session.view
        )
        thread.shutdown(wait=False)
        super().__init__()
        self.lab = lab
        self._now = now
        self.title = f"ftlab {homely(lab.database.path)}"
        self.animation_level = "none"
        self.begin_with_theme(lab.places)
        self.jobs_listed: News[JobsListed] = News(self, "jobs listed")
        self.log_grew: News[LogGrew] = News(self, "log grew")
        self.own_keys: Mapping[str, str] = NONE
        self._at = at
        self._polls = False
        self.left = Event()
        self._complaint: str | None = None
        if lab.database.read_only:
            self._do_nothing_more(lab.database.notice)

    def on_mount(self) -> None:
        """Take the user's own keys, and go back to where somebody wants to begin."""
        self.in_background("keys", self._read_keys)
        if self.unknown_theme is not None:
            self.notify(self.unknown_theme, severity="warning", markup=False)
        if self._at is not None:
            self.go_back_to(self._at)
        elif self.session.elsewhere is not None:
            self.call_after_refresh(self.return_to, self.session.elsewhere)

    def _read_keys(self) -> Message | None:
        from engine.config import file

        own = file.read(self.lab.places.config).keys
        return KeysRead(own) if own else None

    def on_keys_read(self, message: KeysRead) -> None:
        """Listen to the user's own keys, and say which of them cannot be."""
        unknown = unknown_actions(message.own)
        self.own_keys = {name: key for name, key in message.own.items() if name not in unknown}
        self.set_keymap(self.own_keys)
        for line in self.query(KeyLine):
            line.on_resize()
        told = [f"there is no action {name}" for name in unknown] + clashes(self.own_keys)
        if told:
            words = f"[keys] of {self.lab.places.config}: {'; '.join(told)}"
            self.notify(words, severity="warning", markup=False)

    def get_default_screen(self) -> Screen[None]:
        """Begin with the jobs."""
        return Jobs(self.lab, self._now, self.session)

    @property
    def waits_for(self) -> Path:
        """The database that another process may keep locked."""
        return self.lab.database.path

    @property
    def first_jobs(self) -> JobsListed | None:
        """The newest jobs, if they are read already."""
        if self._first is None or not self._first.done() or self._first.exception() is not None:
            return None
        return self._first.result().listed

    def start_watching(self) -> None:
        """Show what there is, then follow the log, from a thread."""
        self.in_background(WATCH, self._watch)

    def _watch(self) -> None:
        worker = get_current_worker()
        first, self._first = self._first, None
        beginning = begin(self.lab.database, self.session.view) if first is None else first.result()
        self.post_message(beginning.listed)
        watch(
            self.lab.database,
            beginning.head,
            self.post_message,
            lambda seconds: worker.cancelled_event.wait(seconds) or self.left.is_set(),
        )

    def on_jobs_listed(self, message: JobsListed) -> None:
        """Tell who shows jobs."""
        self.jobs_listed.publish(message)

    def on_log_grew(self, message: LogGrew) -> None:
        """Tell who shows what the log says."""
        self._complaint = None
        self.log_grew.publish(message)
        self.stirred()

    def on_file_moved(self) -> None:
        """Say that nothing that is done from now on would be kept, and let nothing be done."""
        words = (
            f"{homely(self.lab.database.path)} was removed or replaced: this still shows what was "
            "in it, and nothing done here would be kept. q leaves, to start anew"
        )
        self._do_nothing_more(words)
        self.notify(words, severity="error", timeout=_GRAVE_SECONDS, markup=False)

    def _do_nothing_more(self, why: str | None) -> None:
        if self.lab.why_not is None:
            self.lab.why_not = why

    def work_failed(self, failure: Failure) -> None:
        """Tell once what is wrong, and go on watching after a while."""
        if failure.words != self._complaint:
            self._complaint = failure.words
            super().work_failed(failure)
        if failure.group == WATCH:
            self.set_timer(_START_AGAIN_SECONDS, self.start_watching)

    def start_polling(self) -> None:
        """Bring in what running jobs report, unless another process does; loads its scheduler."""
        if not self._polls:
            self._polls = True
            self.in_background("poll", self.lab.start_polling)

    def remember(self, session: Session) -> None:
        """Keep where somebody is, for the next start."""
        if session == self.session:
            return
        self.session = session
        places = self.lab.places
        self.in_background(
            "session", lambda: write_session(places.home, self.lab.database.path, session)
        )

    async def action_quit(self) -> None:
        """Leave, and remember where somebody was."""
        for screen in self.screen_stack:
            if isinstance(screen, Jobs) and not screen.is_past:
                self.session = screen.session
        places = self.lab.places
        write_session(places.home, self.lab.database.path, self.session)
        self.exit()

    def action_read_anew(self) -> None:
        """Read everything anew and repaint the whole screen."""
        for screen in self.screen_stack:
            if (read_anew := getattr(screen, "read_anew", None)) is not None:
                read_anew()
        self.paint_anew()


def run(lab: Lab, at: int | None = None) -> int:
    """Show the terminal UI of a lab until the person leaves; return the exit status.

    Args:
        lab: what is shown and acted on.
        at: the event as of which everything is shown at first; None for now.
    """
    app = FtlabApp(lab, at=at)
    app.endures = app.rests = True
    app.threads = threads = Threads()
    try:
        app.run()
    finally:
        app.left.set()
        wait(lab.stop_polling, threads.wait)
    if app.ended_by is not None:
        app.ended_by.tell()
    return app.return_code or 0
