"""A few lines that do not scroll: a title, a headline, a line of keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from tui.ink import Line
from tui.widgets.changed_cells import changed_cells
from tui.widgets.inked import Inked


class FixedLines(Inked):
    """Shows lines, and repaints only the cells that differ from what was shown before."""

    _lines: Sequence[Line] = ()
    _strips: Sequence[Strip] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; what is too long is cut off."""
        strips = self.strips(lines)
        regions = changed_cells(self._strips, strips, self.size.width)
        self._lines, self._strips = lines, strips
        if regions:
            self.refresh(*regions)

    def notify_style_update(self) -> None:
        """Ink the lines anew."""
        super().notify_style_update()
        self._strips = self.strips(self._lines)

    def render_line(self, y: int) -> Strip:
        """Return a row of cells."""
        strip = self._strips[y] if y < len(self._strips) else Strip([])
        return strip.crop_extend(0, self.size.width, None).apply_style(self.rich_style)
