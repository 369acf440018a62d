"""Turning spans in inks into strips of cells, by the style sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.harmless import harmless
from tui.ink import INKS, Ink, Line


class Inked(Widget):
    """A widget that paints lines of spans.

    Everything that reaches the terminal through it is made harmless first.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ink--{ink}" for ink in INKS}

    _styles_of_inks: dict[Ink, Style] | None = None

    def strip(self, line: Line) -> Strip:
        """Return a line as cells."""
        return Strip([Segment(harmless(text), self._ink(ink)) for text, ink in line if text])

    def strips(self, lines: Iterable[Line]) -> list[Strip]:
        """Return lines as cells."""
        return [self.strip(line) for line in lines]

    def _ink(self, ink: Ink) -> Style:
        styles = self._styles_of_inks
        if styles is None:
            styles = self._styles_of_inks = {
                ink: self.get_component_rich_style(f"ink--{ink}", partial=True) for ink in INKS
            }
        return styles[ink]

    def notify_style_update(self) -> None:
        """Forget the inks' styles: the theme may have changed."""
        self._styles_of_inks = None
        super().notify_style_update()
