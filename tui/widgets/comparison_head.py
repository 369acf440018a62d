"""The names of what is compared, each over its column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from tui.ink import Line
from tui.widgets.comparison_table import Layout
from tui.widgets.fixed_lines import FixedLines


class ComparisonHead(FixedLines):
    """Stays above a table that scrolls; a click selects a column."""

    @dataclass
    class Picked(Message):
        """The name of a column was clicked."""

        place: int

    def __init__(self) -> None:
        super().__init__(id="comparison-head")
        self._shared: Layout | None = None

    def show_over(self, lines: Sequence[Line], shared: Layout | None) -> None:
        """Show names over columns that are laid out so; None if there are none."""
        self._shared = shared
        self.styles.height = len(lines)
        self.show(lines)

    def on_click(self, event: events.Click) -> None:
        """Tell whose name was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and self._shared is not None:
            place = self._shared.place_at(offset.x)
            if place is not None:
                self.post_message(self.Picked(place))
