"""The full-screen app: it wires the screens to the lab, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.command import Provider
from textual.message import Message
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import get_current_worker

from store import times
from store.times import from_text
from tui.actions import NONE, Place, bindings, clashes, unknown_actions
from tui.background import Background, Failure
from tui.screens.jobs import Jobs
from tui.session import Session, read_session, write_session
from tui.theme import FTLAB_DARK
from tui.watch import Beginning, JobsListed, LogGrew, begin, watch
from tui.widgets.key_line import KeyLine
from tui.widgets.title_line import homely
from tui.wording import local_time

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.looking import PastLab
    from store.queries.models import ModelRow

_START_AGAIN_SECONDS = 2.0


def _commands() -> type[Provider]:
    from tui.palette import Commands

    return Commands


@dataclass
class KeysRead(Message):
    """The user's own keys were read."""

    own: Mapping[str, str]


@dataclass
class PastFound(Message):
    """The lab as it stood was put together."""

    lab: PastLab


class FtlabApp(App[int], Background):
    """The terminal UI of a lab.

    Args:
        lab: what is shown and acted on.
        now: tells the time; ages and times of day are shown by it.
        at: the event as of which everything is shown at first; None for now.
    """

    CSS_PATH = "styles/app.tcss"
    BINDINGS = bindings("everywhere")
    COMMANDS: ClassVar = {_commands}
    ENABLE_COMMAND_PALETTE = True

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
        self.register_theme(FTLAB_DARK)
        self.theme = FTLAB_DARK.name
        self.jobs_listed: Signal[JobsListed] = Signal(self, "jobs listed")
        self.log_grew: Signal[LogGrew] = Signal(self, "log grew")
        self.own_keys: Mapping[str, str] = NONE
        self._pasts: list[PastLab] = []
        self._at = at
        self._polls = False
        self._complaint: str | None = None

    def on_mount(self) -> None:
        """Take the user's own keys, and go back to where somebody wants to begin."""
        self.in_background("keys", self._read_keys)
        if self._at is not None:
            self.go_back_to(self._at)

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
    def first_jobs(self) -> JobsListed | None:
        """The newest jobs, if they are read already."""
        if self._first is None or not self._first.done() or self._first.exception() is not None:
            return None
        return self._first.result().listed

    def start_watching(self) -> None:
        """Show what there is, then follow the log, from a thread."""
        self.in_background("watch", self._watch)

    def _watch(self) -> None:
        stopped: Event = get_current_worker().cancelled_event
        first, self._first = self._first, None
        beginning = begin(self.lab.database, self.session.view) if first is None else first.result()
        self.post_message(beginning.listed)
        watch(self.lab.database, beginning.head, self.post_message, stopped)

    def on_jobs_listed(self, message: JobsListed) -> None:
        """Tell who shows jobs."""
        self.jobs_listed.publish(message)

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

    def open_chat(self, model: ModelRow) -> None:
        """Talk to a model."""
        from tui.screens.chat import Chat

        self.push_screen(Chat(self.sight, self._now, model))

    @property
    def sight(self) -> Lab:
        """The lab that is shown: the present one, or the past that somebody went back to."""
        return self._pasts[-1] if self._pasts else self.lab

    def go_back_to(self, seq: int) -> None:
        """Show every screen as it stood right after an event."""
        from engine.looking import PastLab

        self.notify(f"going back to event {seq:,}…", timeout=2, markup=False)
        self.in_background("past", lambda: PastFound(PastLab(self.lab, seq)))

    def on_past_found(self, message: PastFound) -> None:
        """Show the past."""
        past = message.lab
        self._pasts.append(past)
        words = f"as of event {past.seq:,}, {local_time(past.moment)} · esc leads back"
        self.push_screen(Jobs(past, lambda: from_text(past.moment), self.session, words))

    def leave_past(self) -> None:
        """Return to the screen from which somebody went back."""
        past = self._pasts.pop()
        self.pop_screen()
        past.close()

    def _go_to(self, kind: type[Screen[None]], open_anew: Callable[[], Screen[None]]) -> None:
        """Return to a screen that is open already, or open it above the present one."""
        shown = self.screen_stack[self._present :]
        if not any(isinstance(screen, kind) for screen in shown):
            self.push_screen(open_anew())
            return
        while not isinstance(self.screen, kind):
            self.pop_screen()

    @property
    def _present(self) -> int:
        """The place in the stack of the lowest screen that shows the same time as the top one."""
        places = [place for place, one in enumerate(self.screen_stack) if isinstance(one, Jobs)]
        return places[-1]

    def action_jobs(self) -> None:
        """Go to the jobs."""
        self._go_to(Jobs, self.get_default_screen)

    def action_datasets(self) -> None:
        """List the datasets."""
        from tui.screens.datasets import Datasets

        self._go_to(Datasets, lambda: Datasets(self.sight, self._now))

    def action_models(self) -> None:
        """List the models."""
        from tui.screens.models import Models

        self._go_to(Models, lambda: Models(self.sight, self._now))

    def action_history(self) -> None:
        """Show the log."""
        from tui.screens.history import History

        self._go_to(History, lambda: History(self.sight, self._now))

    def action_new_job(self) -> None:
        """Fill in the form of a new job."""
        from tui.screens.new_job import NewJob

        self._go_to(NewJob, lambda: NewJob(self.sight))

    def action_help(self) -> None:
        """Show the keys that work here."""
        from tui.screens.help import Help

        places: tuple[Place, ...] = getattr(self.screen, "PLACES", ("everywhere",))
        self.push_screen(Help(places))

    def action_read_anew(self) -> None:
        """Read everything anew and repaint the whole screen."""
        for screen in self.screen_stack:
            if isinstance(screen, Jobs):
                screen.read_anew()
        self.refresh(layout=True)


def run(lab: Lab, at: int | None = None) -> int:
    """Show the terminal UI of a lab until the person leaves; return the exit status.

    Args:
        lab: what is shown and acted on.
        at: the event as of which everything is shown at first; None for now.
    """
    app = FtlabApp(lab, at=at)
    try:
        return app.run() or 0
    finally:
        lab.stop_polling()
