"""Going back in time: every screen as it stood right after an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual import events
from textual.message import Message
from textual.screen import ModalScreen
from textual.worker import get_current_worker

from store.times import from_text
from tui.routes import Routes
from tui.screens.jobs import Jobs
from tui.wording import local_time

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.looking import PastLab

_GOING = "past"
"""The work that puts a past together."""

_MEANT = events.Key, events.Paste, events.MouseDown, events.MouseUp
_ENDINGS = "escape", "ctrl+q", "ctrl+c"
"""Keys that are heard while a past is being put together."""


@dataclass
class PastFound(Message):
    """The lab as it stood was put together.

    Attributes:
        lab: the past.
        sliding: whether it takes the place of the past that was shown before.
    """

    lab: PastLab
    sliding: bool


@dataclass
class PastComing(Message):
    """So much of the log was folded, from 0 to 1."""

    part: float


class _OvertakenError(Exception):
    """Somebody wants to see another moment."""


class Travelling(Routes):
    """An app that shows the present, or above it the past."""

    _slides = False

    @property
    def _past(self) -> PastLab | None:
        """The past that is shown: that of the jobs which the present screen stands above, or is."""
        jobs = next((one for one in reversed(self.screen_stack) if isinstance(one, Jobs)), None)
        return cast("PastLab", jobs.lab) if jobs is not None and jobs.is_past else None

    @property
    def sight(self) -> Lab:
        """The lab that is shown: the present one, or the past that somebody went back to."""
        return self._past or self.lab

    @property
    def as_of(self) -> str | None:
        """Which moment of the past is shown, in words; None for the present."""
        return None if self._past is None else _as_of(self._past)

    @property
    def clock(self) -> Callable[[], datetime]:
        """What tells the time that is shown."""
        return self._now if self._past is None else _clock(self._past)

    def go_back_to(self, seq: int, *, sliding: bool = False) -> None:
        """Show every screen as it stood right after an event.

        Args:
            seq: the event.
            sliding: whether that takes the place of the past that is shown.
        """
        self._slides = sliding
        if not sliding:
            self.notify(f"going back to event {seq:,}…", timeout=2, markup=False)
        self.in_background(_GOING, lambda: self._fold(seq, sliding=sliding))

    def stay(self) -> None:
        """Go nowhere after all: a past that is still being put together does not come."""
        self.workers.cancel_group(self, _GOING)

    @property
    def _is_on_the_way(self) -> bool:
        """Whether somebody waits for a past, having left the present without a slider."""
        goes = any(worker.group == _GOING and worker.is_running for worker in self.workers)
        return goes and not self._slides

    async def on_event(self, event: events.Event) -> None:
        """Do nothing in the present that was meant for the past which is yet to come."""
        if isinstance(event, _MEANT) and self._is_on_the_way:
            if not isinstance(event, events.Key) or event.key not in _ENDINGS:
                return
            if event.key == "escape":
                self.stay()
                self.notify("this is the present still", timeout=2, markup=False)
                return
        await super().on_event(event)

    def _fold(self, seq: int, *, sliding: bool) -> Message | None:
        from engine.looking import PastLab

        worker = get_current_worker()
        told = -1

        def progress(done: int, of: int) -> None:
            nonlocal told
            if worker.is_cancelled:
                raise _OvertakenError
            percent = done * 100 // max(1, of)
            if percent // 5 != told // 5:
                told = percent
                self.post_message(PastComing(percent / 100))

        try:
            past = PastLab(self.lab, seq, progress)
        except _OvertakenError:
            return None
        if worker.is_cancelled:
            past.close()
            return None
        return PastFound(past, sliding)

    def on_past_coming(self, message: PastComing) -> None:
        """Say how far it is."""
        self.shown_jobs.time_bar.tell_progress(message.part)

    def on_past_found(self, message: PastFound) -> None:
        """Show the past."""
        past = message.lab
        while isinstance(self.screen, ModalScreen):
            # A dialog that ends later would take with it what stands above it.
            self.close_topmost()
        jobs = self.shown_jobs
        screen = Jobs(past, _clock(past), jobs.session, _as_of(past), self.lab)
        screen.time_bar.opened = message.sliding
        # Whoever left the slider meanwhile wants to look at what comes.
        screen.time_bar.listens = message.sliding and jobs.focused is jobs.time_bar
        replaced = self._past if message.sliding else None
        if replaced is None:
            self.push_screen(screen)
            return
        while self.screen is not jobs:
            self.close_topmost()
        self.switch_screen(screen)
        replaced.close()

    def leave_past(self) -> None:
        """Return to the screen from which somebody went back."""
        past = self._past
        if past is None:
            return
        while not isinstance(self.screen, Jobs):
            self.close_topmost()
        self.close_topmost()
        past.close()
        if self.shown_jobs.time_bar.opened:
            self.shown_jobs.time_bar.rest()

    def action_time(self) -> None:
        """Let somebody slide through time."""
        self.action_jobs()
        self.shown_jobs.time_bar.open()


def _as_of(past: PastLab) -> str:
    return f"as of event {past.seq:,}, {local_time(past.moment)}"


def _clock(past: PastLab) -> Callable[[], datetime]:
    moment = from_text(past.moment)
    return lambda: moment
