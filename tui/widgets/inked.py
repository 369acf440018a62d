"""Turning spans in inks into strips of cells, by the theme."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.harmless import harmless
from tui.ink import Line
from tui.theme import ink_styles


class Inked(Widget):
    """A widget that paints lines of spans.

    Everything that reaches the terminal through it is made harmless first.
    """

    def strip(self, line: Line) -> Strip:
        """Return a line as cells."""
        inks = ink_styles(self.app.theme_variables)
        return Strip([Segment(harmless(text), inks[ink]) for text, ink in line if text])

    def strips(self, lines: Iterable[Line]) -> list[Strip]:
        """Return lines as cells."""
        return [self.strip(line) for line in lines]
