"""The help: what is in sight, and every key that works in the place where it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from store.queries.searching import Language
from tui.about import told_of
from tui.actions import NONE, Place, actions_of, bindings
from tui.help_lines import lines_of, sections
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.search_line import SearchLine
from tui.widgets.title_line import TitleLine

_EDGES = 6
_LONGEST = 200


class Help(Screen[None]):
    """Tells of the panels in sight, then lists the other keys by topic.

    Args:
        on: the screen on which it was asked for.
        places: whose keys to list.
    """

    CSS_PATH = "../styles/help.tcss"
    BINDINGS = bindings("help")

    def __init__(self, on: Screen[Any], places: Sequence[Place]) -> None:
        super().__init__()
        self._places = places
        self._panels = told_of(_in_sight(on), on.focused)
        languages = (line.language for line in on.query(SearchLine))
        # Where any words are looked for there is no language to tell of.
        self._languages: list[Language] = [each for each in languages if each.fields]

    def compose(self) -> ComposeResult:
        """Put the text between the title and the keys."""
        yield TitleLine("help")
        yield LineView(id="help-lines")
        yield Input(
            placeholder="a key, or a word of what it does",
            id="help-search",
            compact=True,
            max_length=_LONGEST,
        )
        yield KeyLine("help")

    def on_mount(self) -> None:
        """Let somebody scroll."""
        self._search.display = False
        self._search.cursor_blink = False
        self.query_one(LineView).focus()

    @property
    def _search(self) -> Input:
        return self.query_one("#help-search", Input)

    def on_resize(self) -> None:
        """Show the keys as wide as there is room."""
        self._show()

    def _show(self) -> None:
        actions = actions_of(*self._places, own=getattr(self.app, "own_keys", NONE))
        width = self.app.size.width - _EDGES
        parts = sections(actions, width, self._panels, self._languages)
        view = self.query_one(LineView)
        view.show(lines_of(parts, self._search.value.strip()))

    def action_search(self) -> None:
        """Let somebody search."""
        self._search.display = True
        self._search.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only what is searched for."""
        event.stop()
        self._show()
        self.query_one(LineView).scroll_home(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Let somebody scroll in what was found."""
        event.stop()
        self.query_one(LineView).focus()

    def action_close(self) -> None:
        """Show everything again; then close the help."""
        if not self._search.display:
            self.dismiss()
            return
        self._search.value = ""
        self._search.display = False
        self.query_one(LineView).focus()


def _in_sight(screen: Screen[Any]) -> list[Widget]:
    return [widget for widget in screen.query(Widget) if widget.is_on_screen and widget.size]
