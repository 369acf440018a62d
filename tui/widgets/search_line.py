"""A line in which a list is searched, as it is written."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from store.queries.searching import Language, SearchError
from tui.actions import bindings
from tui.formats import count
from tui.ink import Line
from tui.widgets.fixed_lines import FixedLines

_REST_SECONDS = 0.15
_LONGEST = 1000
"""Of a longer search SQLite would say that its tree is too deep."""


class SearchLine(Horizontal):
    """Takes a search and says how much it finds, or why it cannot be understood.

    Args:
        language: what can be asked.
        hint: an example of it.
    """

    BINDINGS = bindings("search")

    @dataclass
    class Searched(Message):
        """Something else that can be understood is searched for."""

        text: str

    class Left(Message):
        """The line was left, with the search as it is."""

    def __init__(self, language: Language, hint: str) -> None:
        super().__init__(id="search")
        self._language, self._hint = language, hint
        self._rest: Timer | None = None
        self.text = ""

    def compose(self) -> ComposeResult:
        """Put what is found beside what is written."""
        yield FixedLines(id="search-mark")
        yield Input(placeholder=self._hint, id="search-input", compact=True, max_length=_LONGEST)
        yield FixedLines(id="search-found")

    def on_mount(self) -> None:
        """Stay out of the way until somebody searches."""
        self.display = False
        if not self.children:
            # Its screen is left already.
            return
        self._input.cursor_blink = False
        self.query_one("#search-mark", FixedLines).show([[("/", "accent")]])

    @property
    def _input(self) -> Input:
        return self.query_one("#search-input", Input)

    def open(self) -> None:
        """Let somebody write."""
        self.display = True
        self._input.focus()

    @property
    def language(self) -> Language:
        """What can be asked."""
        return self._language

    def on_click(self) -> None:
        """Let somebody write who clicks the mark."""
        self.open()

    def look_for(self, text: str) -> None:
        """Search for something that was chosen elsewhere."""
        self._input.value = text
        self._search()
        self.display = True

    def show(self, text: str) -> None:
        """Show a search that was settled elsewhere."""
        self.text = text
        self._input.value = text
        self.display = bool(text)

    def begin(self, text: str) -> None:
        """Show a search of long ago, if it can still be understood."""
        self.show(text if self._language.understands(text) else "")

    def tell(self, found: int, of: int) -> None:
        """Say how many there are of it, of how many."""
        self._say([(f"{count(found)} of {count(of)}", "dim")])

    def _say(self, line: Line) -> None:
        found = self.query_one("#search-found", FixedLines)
        found.styles.width = sum(len(text) for text, _ in line) + 2
        found.show([[(" ", "plain"), *line]])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search when the writing rests."""
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._search)

    def _search(self) -> None:
        text = self._input.value.strip()
        if text == self.text:
            return
        try:
            self._language.search(text)
        except SearchError as error:
            self._say([(str(error).partition(":")[0], "warn")])
            return
        self.text = text
        self.post_message(self.Searched(text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the list."""
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """Keep what is found, and leave the line."""
        self._search()
        self.display = bool(self.text)
        self.post_message(self.Left())

    def action_drop(self) -> None:
        """Show everything again."""
        self._input.value = ""
        self.action_leave()
