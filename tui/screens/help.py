"""The help: every key that works in the place where it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual.app import ComposeResult
from textual.screen import Screen

from store.job_status import STATUSES
from tui.actions import NONE, Action, Place, actions_of, bindings
from tui.formats import fit, fit_right
from tui.ink import Line, look
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine

_KEYS = 13
_EDGES = 6


class Help(Screen[None]):
    """Lists keys by topic, out of the table of actions.

    Args:
        places: whose keys to list.
    """

    BINDINGS = bindings("help")

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        """Put the text into a box."""
        yield TitleLine("help")
        yield LineView(id="help-lines")
        yield KeyLine("help")

    def on_mount(self) -> None:
        """Show the keys."""
        view = self.query_one(LineView)
        own = getattr(self.app, "own_keys", NONE)
        view.show(help_lines(actions_of(*self._places, own=own), self.app.size.width - _EDGES))
        view.focus()

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss()


def help_lines(actions: Sequence[Action], width: int) -> list[Line]:
    """Return the help: a topic with its keys each, then what the glyphs mean.

    Where there is room, an action's id stands at the end: keys of one's own are given by it.
    """
    lines: list[Line] = []
    for topic, group in groupby(actions, key=lambda action: action.topic):
        lines.append([(topic.upper(), "faint")])
        lines += [_action(action, width) for action in group]
        lines.append([])
    lines.append([("STATUS", "faint")])
    for status in STATUSES:
        shown = look(status)
        lines.append([(fit(shown.glyph, _KEYS), shown.ink), (shown.word, "plain")])
    return [*lines, [], [("Keys of your own: [keys] in config.toml, see the README.", "faint")]]


def _action(action: Action, width: int) -> Line:
    shown, told = fit(action.shown_keys, _KEYS), action.help
    room = width - len(shown) - len(told)
    named = fit_right(action.id, room) if room > len(action.id) + 1 else ""
    return [(shown, "key"), (told, "plain"), (named, "faint")]
