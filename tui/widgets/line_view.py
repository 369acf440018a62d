"""A scrolling text of lines that were put together elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.actions import bindings
from tui.ink import Line
from tui.widgets.changed_cells import changed_cells
from tui.widgets.inked import Inked
from tui.widgets.scrolled_length import set_length


class LineView(ScrollView, Inked, can_focus=True, inherit_bindings=False):
    """Paints the lines in sight, and repaints only the cells that differ from before."""

    BINDINGS = bindings("lines")

    _lines: Sequence[Line] = ()
    _strips: Sequence[Strip] = ()

    @property
    def room(self) -> int:
        """The cells that a line has beside the scrollbar's column."""
        return max(0, self.content_region.width - 1)

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines in place of those before."""
        strips = self.strips(lines)
        before = self._in_sight()
        self._lines, self._strips = lines, strips
        set_length(self, len(strips))
        if regions := changed_cells(before, self._in_sight(), self.size.width):
            self.refresh(*regions)

    @property
    def lines(self) -> Sequence[Line]:
        """The lines that are shown."""
        return self._lines

    @property
    def at_end(self) -> bool:
        """Whether the last line is in sight."""
        return self.scroll_offset.y >= self.max_scroll_y

    def _in_sight(self) -> Sequence[Strip]:
        top = self.scroll_offset.y
        return self._strips[top : top + self.size.height]

    def notify_style_update(self) -> None:
        """Ink the lines anew."""
        super().notify_style_update()
        self._strips = self.strips(self._lines)

    def render_line(self, y: int) -> Strip:
        """Return a row of cells."""
        place = y + self.scroll_offset.y
        strip = self._strips[place] if place < len(self._strips) else Strip([])
        return strip.crop_extend(0, self.size.width, None).apply_style(self.rich_style)
