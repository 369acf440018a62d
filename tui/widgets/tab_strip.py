"""One row of tabs: the panels of a job, with the keys that show them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive

from tui.ink import Span
from tui.jumping import Spot
from tui.widgets.fixed_lines import FixedLines

_AROUND = 4
"""The cells beside a title: its number, and a blank around each of the two."""


class TabStrip(FixedLines):
    """Shows which panel is open; a click opens another.

    Args:
        tabs: id and title of each.
        active: the id of the open one.
    """

    active: reactive[str] = reactive("", init=False)

    @dataclass
    class Picked(Message):
        """A tab was clicked."""

        tab: str

    def __init__(self, tabs: dict[str, str], active: str) -> None:
        super().__init__(id="tabs")
        self._tabs = tabs
        self._ends: list[tuple[int, str]] = []
        self.set_reactive(TabStrip.active, active)

    def on_mount(self) -> None:
        """Show the tabs."""
        self.watch_active()

    def on_resize(self) -> None:
        """Show as many titles as there is room for."""
        self.watch_active()

    def watch_active(self) -> None:
        """Mark the open tab; where there is no room, the others are their numbers alone."""
        needed = sum(len(title) + _AROUND for title in self._tabs.values()) - 1
        is_narrow = 0 < self.size.width < needed
        line: list[Span] = []
        self._ends, end = [], 0
        for number, (tab, title) in enumerate(self._tabs.items(), start=1):
            opened = tab == self.active
            shown = title if opened or not is_narrow else ""
            line += [(f" {number} ", "key"), (shown, "tab" if opened else "dim"), (" ", "plain")]
            end += len(shown) + _AROUND
            self._ends.append((end, tab))
        self.show([line])

    def spots(self) -> list[Spot]:
        """Return where the tabs are."""
        starts = [0, *(end for end, _ in self._ends)]
        return [
            Spot(Offset(start, 0), partial(self._pick, tab))
            for start, (_, tab) in zip(starts, self._ends, strict=False)
        ]

    def _pick(self, tab: str) -> None:
        self.post_message(self.Picked(tab))

    def on_click(self, event: events.Click) -> None:
        """Tell which tab was clicked."""
        for end, tab in self._ends:
            if event.x < end:
                self._pick(tab)
                return
