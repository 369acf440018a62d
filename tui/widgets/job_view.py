"""A panel that shows one side of one job, read in the background."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer

from tui.background import Background, Failure
from tui.ink import Line
from tui.widgets.line_view import LineView
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab

_PATIENCE_SECONDS = 0.15


class JobView(LineView, Background):
    """The base of panels: a subclass reads in a thread and returns lines.

    Args:
        lab: where to read.
        now: tells the time.
        name: the panel's id on the screen.

    Attributes:
        job: the job to show.
        shown: the job that is shown; another one while `job` is being read.
    """

    follows_end = False
    """Whether new lines come at the end, where the eye then is."""

    @dataclass
    class WasRead(Message):
        """What a panel shows of a job was read."""

        job: str
        lines: Sequence[Line]

    def __init__(self, lab: Lab, now: Callable[[], datetime], name: str) -> None:
        super().__init__(id=name)
        self.lab = lab
        self.now = now
        self.job: str | None = None
        self.shown: str | None = None
        self._impatience: Timer | None = None
        self._read_for = Size(0, 0)
        self._stays_at_end = True

    @abstractmethod
    def read(self, job: str) -> Sequence[Line]:
        """Return the lines to show; called in a thread, so it touches no widget."""

    def come_up(self, job: str | None) -> None:
        """Be shown after another panel: nothing of another job is shown even for a moment."""
        if job != self.shown:
            self._clear()
        self.look(job)

    def look(self, job: str | None) -> None:
        """Show this job, or read it again; what was shown stays until that is read."""
        self.job = job
        if job is None:
            self._clear()
            return
        if not self.size:
            # Not laid out yet, or hidden until now: it is read when it has a size.
            self._read_for = Size(0, 0)
            return
        if job != self.shown and self._impatience is None:
            self._impatience = self.set_timer(_PATIENCE_SECONDS, self._say_reading)
        self._read_for = self.size
        self.in_background("read", lambda: self.WasRead(job, self.read(job)))

    def _say_reading(self) -> None:
        self._impatience = None
        if self.job != self.shown:
            self.shown = None
            self.show([[("reading…", "dim")]])

    def _be_patient(self) -> None:
        if self._impatience is not None:
            self._impatience.stop()
            self._impatience = None

    def _clear(self) -> None:
        self.shown = None
        self.show([])

    def on_job_view_was_read(self, message: WasRead) -> None:
        """Show what was read, unless another job is looked at by now."""
        if message.job != self.job:
            return
        self._be_patient()
        fresh, stays = message.job != self.shown, self._stays_at_end
        self.shown = message.job
        self.show(message.lines)
        if self.follows_end and (fresh or stays):
            self.scroll_end(animate=False)
        elif fresh:
            self.scroll_home(animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember whether somebody looks at the end: of a smaller view it is another place."""
        super().watch_scroll_y(old_value, new_value)
        self._stays_at_end = self.at_end

    def on_resize(self, _event: events.Resize) -> None:
        """Read anew for the new size."""
        if self.job is not None and self.size != self._read_for:
            self.look(self.job)

    def work_failed(self, failure: Failure) -> None:
        """Say in the panel itself that it could not be read."""
        self._be_patient()
        self.shown = self.job
        words = wrap(f"Could not be read: {failure.words}", self.room)
        self.show([[(line, "bad")] for line in words])
