"""The log: everything that was ever recorded, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen

from store.queries.event_search import EVENTS
from tui.actions import Place, bindings
from tui.background import Background
from tui.screens.event import EventView
from tui.session import Elsewhere
from tui.watch import LogGrew
from tui.widgets.event_rows import EventRows, event_heading
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.search_line import SearchLine
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_HINT = "type:failed stream:job/ actor:daemon age<2d seq>100, or a word of what was recorded"


class History(Screen[None], Background):
    """Lists the events, the newest first, and follows the log.

    Args:
        lab: where to read.
        now: tells the time.
        begun: where somebody was who looked last.
    """

    BINDINGS = bindings("history")
    PLACES: tuple[Place, ...] = ("history", "rows", "everywhere")

    def __init__(
        self, lab: Lab, now: Callable[[], datetime], begun: Elsewhere | None = None
    ) -> None:
        super().__init__()
        self._lab, self._now = lab, now
        self._rows = EventRows(lab.database, now)
        self._search = SearchLine(EVENTS, _HINT)
        self._begun = begun or Elsewhere("history")

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the list between the title and the keys."""
        yield TitleLine("history")
        yield FixedLines(id="event-titles")
        yield self._rows
        yield self._search
        yield KeyLine("history", "everywhere")

    def on_mount(self) -> None:
        """Read the log, now and when it grows."""
        self._ftlab.log_grew.subscribe(self, self._grew)
        self._search.begin(self._begun.search)
        with suppress(ValueError):
            self._rows.want(int(self._begun.selected or ""))
        self._rows.look(self._search.text)
        self._rows.focus()

    @property
    def elsewhere(self) -> Elsewhere:
        """Where somebody is, for the next start."""
        event = self._rows.selected
        selected = self._begun.selected if event is None else str(event)
        return Elsewhere("history", self._search.text, selected)

    def read_anew(self) -> None:
        """Read everything on the screen anew."""
        self._rows.look()

    def _grew(self, _growth: LogGrew) -> None:
        self._rows.look()

    def on_row_list_room_changed(self) -> None:
        """Fit the titles to the columns."""
        titles = self.query_one("#event-titles", FixedLines)
        titles.show([[(" ", "plain"), *event_heading(self._rows.room)]])

    def on_event_rows_told(self) -> None:
        """Say how many events fit."""
        self._search.tell(len(self._rows.seqs), self._rows.head)

    def action_search(self) -> None:
        """Let somebody search."""
        self._search.open()

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show what is searched for."""
        self._rows.look(message.text)

    def on_search_line_left(self) -> None:
        """Go back to the list."""
        self._rows.focus()

    def action_open(self) -> None:
        """Show the event under the cursor in full."""
        if (seq := self._rows.selected) is not None:
            self.app.push_screen(EventView(self._lab, self._now, seq))

    def action_go_back(self) -> None:
        """Show every screen as it stood right after the event under the cursor."""
        if (seq := self._rows.selected) is not None:
            self._ftlab.go_back_to(seq)

    def action_verify(self) -> None:
        """Prove that nothing of the history was changed."""
        from tui.screens.proof import Proof

        self.app.push_screen(Proof(self._ftlab.lab.database))

    def action_back(self) -> None:
        """Show all events again; then leave."""
        if self._search.text:
            self._search.action_drop()
        else:
            self.dismiss()
