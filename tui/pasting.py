"""Taking what is pasted, but no more of it than anybody can have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import App
from textual.widgets import Input

from tui.harmless import harmless

if TYPE_CHECKING:
    from textual.driver import Driver

MOST = 100_000
"""Characters: a line of a million takes half a second to paint, with every key."""

LINE = 10_000
"""Characters in a line to write in that sets no limit itself."""


class Pasting(App[int]):
    """An app that no slip of the clipboard holds up."""

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that Textual would take, or the same with another parser."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from tui.paste_parser import PastingDriver

        return PastingDriver

    async def on_event(self, event: events.Event) -> None:
        """Cut off what is too long before any widget hears of it.

        A widget that can show any length at once says so by `takes_long_pastes`.
        """
        if isinstance(event, events.Paste):
            self._cut(event)
        await super().on_event(event)

    def _cut(self, event: events.Paste) -> None:
        focused = self.focused
        if isinstance(focused, Input):
            self._cut_to_line(event, focused)
        elif len(event.text) > MOST and not getattr(focused, "takes_long_pastes", False):
            event.text = event.text[:MOST]
            self._say(f"only the first {MOST:,} characters of what was pasted are taken")

    def _cut_to_line(self, event: events.Paste, line: Input) -> None:
        """Leave what has room in a line, which would take nothing of a longer paste."""
        whole = event.text.strip("\r\n")
        first = next(iter(whole.splitlines()), "")
        room = max(0, (line.max_length or LINE) - len(line.value) + len(line.selected_text))
        # A line paints what it holds as it is: a terminal would obey it.
        event.text = harmless(first[:room])
        if first and not room:
            self._say("there is no room left for what was pasted")
        elif len(first) > room:
            self._say(f"only the first {room:,} characters of what was pasted are taken")
        elif first != whole:
            self._say("only the first line of what was pasted is taken")

    def _say(self, words: str) -> None:
        self.notify(words, severity="warning", markup=False)
