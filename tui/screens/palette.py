"""The command palette: everything that can be done, found by typing a part of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input

from tui.actions import bindings
from tui.background import Background, Failure
from tui.formats import fit, fit_right
from tui.ink import Line
from tui.palette import Entry, fitting
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.row_list import RowList

_TOPIC, _KEY = 10, 9
_REST_SECONDS = 0.06
_LONGEST = 200
_LOOK_SECONDS = 0.15
"""How long the cursor rests on an entry before what it stands for is shown."""


class Entries(RowList):
    """The entries that fit; the cursor is moved from the line in which somebody types."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__(id="palette-rows")
        self.entries: Sequence[Entry] = ()

    @property
    def row_count(self) -> int:
        """How many fit."""
        return len(self.entries)

    def row(self, place: int, width: int) -> Line:
        """Return topic, label and key of an entry; the topic once for several of them."""
        entry = self.entries[place]
        known = place > 0 and self.entries[place - 1].topic == entry.topic
        topic = "" if known and place != self.scroll_offset.y else entry.topic
        label = max(0, width - _TOPIC - _KEY - 2)
        return [
            (fit(topic, _TOPIC), "dim"),
            (" ", "plain"),
            (fit(entry.label, label), "plain"),
            (fit_right(entry.keys, _KEY), "key"),
            (" ", "plain"),
        ]

    @property
    def selected(self) -> Entry | None:
        """The entry under the cursor."""
        return self.entries[self.cursor] if self.entries else None

    def show(self, entries: Sequence[Entry], cursor: int = 0) -> None:
        """Show these entries."""
        before = self.in_sight()
        self.entries = entries
        self.rows_changed(before, cursor, 0)


class Palette(ModalScreen[Entry | None], Background):
    """Lets somebody choose what to do; gives the entry, or nothing if it was left.

    Args:
        entries: what is offered before anything is typed.
        find: finds more by what is typed, such as jobs by name; called in a thread.
        look: shows what an entry stands for while the cursor rests on it; None for the present.
        chosen: the target of the entry on which the cursor stands at first; empty for the first.
        hint: what can be typed.
    """

    CSS_PATH = "../styles/palette.tcss"
    BINDINGS = bindings("palette")

    @dataclass
    class Found(Message):
        """More was found by what is typed."""

        text: str
        entries: list[Entry]

    def __init__(
        self,
        entries: Sequence[Entry],
        find: Callable[[str], list[Entry]],
        look: Callable[[Entry | None], None],
        chosen: str,
        hint: str,
    ) -> None:
        super().__init__()
        self._offered = list(entries)
        self._find, self._look, self._chosen = find, look, chosen
        self._hint = hint
        self._more: list[Entry] = []
        self._rows = Entries()
        self._rest: Timer | None = None
        self._looking: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the line to type in over the entries over a sentence on the selected one."""
        with Vertical(id="palette"):
            yield Input(
                placeholder=self._hint,
                id="palette-input",
                compact=True,
                max_length=_LONGEST,
            )
            yield self._rows
            yield FixedLines(id="palette-help")

    def on_mount(self) -> None:
        """Offer everything."""
        written = self.query_one(Input)
        written.cursor_blink = False
        written.focus()
        targets = [entry.target for entry in self._offered]
        known = self._chosen and self._chosen in targets
        self._rows.show(self._offered, targets.index(self._chosen) if known else 0)
        self.in_background("find", lambda: self.Found("", self._find("")))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find what fits when the typing rests."""
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._search)

    def _search(self) -> None:
        text = self._text
        self._show()
        self.in_background("find", lambda: self.Found(text, self._find(text)))

    @property
    def _text(self) -> str:
        return self.query_one(Input).value

    def on_palette_found(self, message: Found) -> None:
        """Offer it as well, unless something else is typed by now."""
        if message.text == self._text and message.entries != self._more:
            self._more = message.entries
            self._show()

    def work_failed(self, failure: Failure) -> None:
        """Say that names cannot be found; commands can."""
        if failure.foreseen:
            self.query_one("#palette-help", FixedLines).show([[(f" {failure.words}", "bad")]])

    def _show(self) -> None:
        found = fitting([*self._offered, *self._more], self._text)
        if found == list(self._rows.entries):
            return
        self._rows.show(found)
        self._say()

    def on_row_list_cursor_moved(self) -> None:
        """Tell of the entry, and show what it stands for once the cursor rests."""
        self._say()
        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(_LOOK_SECONDS, lambda: self._look(self._rows.selected))

    def on_row_list_room_changed(self) -> None:
        """Fit the sentence to the room."""
        self._say()

    def _say(self) -> None:
        selected = self._rows.selected
        words = "Nothing fits." if selected is None else selected.help
        self.query_one("#palette-help", FixedLines).show([[(f" {words}", "dim")]])

    def on_click(self, event: events.Click) -> None:
        """Do what was clicked; a click beside the palette leaves it."""
        if event.widget is self._rows:
            self.action_run()
        elif event.widget is self:
            self.action_leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what is selected, also when it was typed a moment ago."""
        event.stop()
        self._show()
        self.action_run()

    def action_run(self) -> None:
        """Choose what the cursor stands on."""
        if (entry := self._rows.selected) is not None:
            self._stop_looking()
            self.dismiss(entry)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self._rows.action_move(rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self._rows.action_page(pages)

    def action_leave(self) -> None:
        """Do nothing."""
        self._stop_looking()
        self._look(None)
        self.dismiss(None)

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.stop()
