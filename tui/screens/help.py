"""The help: every key that works in the place where it was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.screen import Screen

from store.job_status import STATUSES
from tui.actions import NONE, Action, Place, actions_of, bindings
from tui.formats import fit, fit_right
from tui.ink import Line, look
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wrapping import wrap

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
        """Let somebody scroll."""
        self.query_one(LineView).focus()

    def on_resize(self) -> None:
        """Show the keys as wide as there is room."""
        own = getattr(self.app, "own_keys", NONE)
        lines = help_lines(actions_of(*self._places, own=own), self.app.size.width - _EDGES)
        self.query_one(LineView).show(lines)

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss()


def help_lines(actions: Sequence[Action], width: int) -> list[Line]:
    """Return the help: a topic with its keys each, then what the glyphs mean.

    An action's id stands at the end: keys of one's own are given by it.
    """
    lines: list[Line] = []
    for topic in dict.fromkeys(action.topic for action in actions):
        lines.append([(topic.upper(), "faint")])
        for action in actions:
            if action.topic == topic:
                lines += _action(action, width)
        lines.append([])
    lines.append([("STATUS", "faint")])
    for status in STATUSES:
        shown = look(status)
        lines.append([(fit(shown.glyph, _KEYS), shown.ink), (shown.word, "plain")])
    return [*lines, [], [("Keys of your own: [keys] in config.toml, see the README.", "faint")]]


def _action(action: Action, width: int) -> list[Line]:
    """Return an action in as many lines as it takes; the id has one of its own if it must."""
    told = wrap(action.help, width - _KEYS)
    if width - _KEYS - len(told[-1]) < len(action.id) + 2:
        told.append("")
    named = fit_right(action.id, width - _KEYS - len(told[-1]))
    keys = [action.shown_keys, *[""] * (len(told) - 1)]
    ids = [*[""] * (len(told) - 1), named]
    return [
        [(fit(key, _KEYS), "key"), (part, "plain"), (name, "faint")]
        for key, part, name in zip(keys, told, ids, strict=True)
    ]
