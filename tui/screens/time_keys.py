"""The slider through time, and where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from engine.errors import LabError
from store.errors import StoreError
from store.queries.history import event as read_event
from tui.actions import Place
from tui.screens.ask import Ask
from tui.widgets.key_line import KeyLine
from tui.widgets.time_bar import TimeBar
from tui.wording import local_time

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp
    from tui.widgets.job_list import JobRows


class TimeKeys(Screen[None]):
    """A screen with a slider through the log.

    Attributes:
        present: the lab as it is now.
        rows: what has the focus when the slider was left.
        time_bar: the slider.
    """

    present: Lab
    rows: JobRows
    time_bar: TimeBar

    @property
    def _traveller(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def on_time_bar_moved(self, message: TimeBar.Moved) -> None:
        """Show the moment at which the slider rests."""
        if not message.is_last:
            self._traveller.go_back_to(message.seq, sliding=True)
            return
        self._traveller.stay()
        if self._traveller.as_of is not None:
            self._traveller.leave_past()

    def on_time_bar_focused(self, message: TimeBar.Focused) -> None:
        """Offer the slider's keys as long as it listens."""
        places: tuple[Place, ...] = ("time",) if message.has_focus else ("jobs", "everywhere")
        self.query_one(KeyLine).offer(*places)

    def on_time_bar_left(self) -> None:
        """Go back to the list; in the present the slider is of no use, unless a past is coming."""
        if self._traveller.as_of is None and not self.time_bar.is_on_the_way:
            self.time_bar.close()
        self.rows.focus()

    def on_time_bar_asked(self) -> None:
        """Let somebody write a time."""

        def answered(when: str | None) -> None:
            if when:
                self.time_bar.go_to(lambda: self.present.seq_as_of(when))

        self.app.push_screen(
            Ask(
                "As of when?",
                "tuesday, 2d, 18:30, 2026-11-20T18:30, or an event: 120",
                self._why_not,
            ),
            answered,
        )

    def _why_not(self, when: str) -> str | None:
        """Say why something written is no time of the log."""
        try:
            seq = self.present.seq_as_of(when)
        except (LabError, StoreError) as error:
            return str(error)
        return (
            None
            if seq
            else f"that is before the log begins ({self._begins()}); a day means its begin"
        )

    def _begins(self) -> str:
        return local_time(read_event(self.present.database.reader, 1).at)
