"""Texts below each other, with a cursor over them, whose end is followed while it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ink import Ink
from tui.stacked_rows import StackedRows
from tui.theme import ink_styles
from tui.widgets.changed_cells import changed_cells
from tui.widgets.inked import Inked
from tui.widgets.scrolled_length import set_length

_FOLLOWED_BY = 4
"""Lines by which a growing text is scrolled: every scroll repaints everything in sight."""


class StackedTexts(ScrollView, Inked):
    """Shows texts of several rows, lined up with those of others, and follows their end.

    It knows rows and which text they are of; what the texts say is for those who derive from it.

    Attributes:
        selected: which text the cursor is on; None for the newest, unmarked.
    """

    selected: reactive[int | None] = reactive(None, repaint=False)

    @dataclass
    class Laid(Message):
        """Texts take other rows than before."""

    def __init__(self, name: str | None = None, *, classes: str | None = None) -> None:
        super().__init__(name=name, classes=classes)
        self._stack = StackedRows()
        self._least = 0
        self._follows = True

    @property
    def room(self) -> int:
        """The cells that a line has between the cursor's mark and the scrollbar's column."""
        return max(0, self.content_region.width - 2)

    @property
    def at_end(self) -> bool:
        """Whether the last line is in sight."""
        return self.scroll_offset.y >= self.max_scroll_y

    @property
    def is_growing(self) -> bool:
        """Whether more is being written at the end."""
        return False

    @property
    def last_start(self) -> int:
        """The row at which the newest text begins."""
        return self._stack.starts[-1] if self._stack.starts else 0

    @property
    def length(self) -> int:
        """How many rows there are, without blank ones to line it up with others."""
        length = len(self._stack.rows)
        if self.is_growing and length > self.size.height:
            length += -length % _FOLLOWED_BY
        return length

    def line_up(self, pads: Mapping[int, int]) -> None:
        """Put so many blank rows before texts, by their places."""
        if self._stack.pads != pads:
            known = [self._stack.text(place) for place in range(len(self._stack.starts))]
            self._stack.pads = pads
            self._lay(known, to_end=self._follows)

    def reach(self, rows: int) -> None:
        """Be at least so many rows long, with blank ones at the end."""
        if self._least != rows:
            self._least = rows
            self._change(len(self._stack.rows), [], to_end=self._follows)

    def _lay(self, texts: Sequence[Sequence[Strip]], *, to_end: bool) -> None:
        """Show texts in place of all before."""
        self._change(0, self._stack.laid(texts, self.strip([])), to_end=to_end)

    def _change(self, first: int, strips: Sequence[Strip], *, to_end: bool) -> None:
        """Put lines in the place of all from a row on, and repaint the cells that differ."""
        before = self._in_sight()
        self._stack.rows[first:] = strips
        set_length(self, max(self.length, self._least))
        regions = changed_cells(before, self._in_sight(), self.size.width - 1)
        if regions:
            self.refresh(*(region.translate((1, 0)) for region in regions))
        if to_end:
            self._follows = True
            self.scroll_end(animate=False)

    def _in_sight(self) -> Sequence[Strip]:
        top = self.scroll_offset.y
        return self._stack.rows[top : top + self.size.height]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end from now on, or no longer."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = self.at_end

    def on_focus(self) -> None:
        """Mark the text under the cursor."""
        if self.selected is None and self._stack.starts:
            self.set_reactive(StackedTexts.selected, len(self._stack.starts) - 1)
        self._repaint_marks()

    def on_blur(self) -> None:
        """Let the mark fade."""
        self._repaint_marks()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the text that was clicked."""
        row = event.y + self.scroll_offset.y
        found = [place for place, start in enumerate(self._stack.starts) if start <= row]
        if found and row < len(self._stack.rows):
            self.selected = found[-1]

    def select(self, step: int) -> None:
        """Put the cursor on a text further down, or up if negative."""
        if not self._stack.starts:
            return
        last = len(self._stack.starts) - 1
        at = last if self.selected is None else self.selected
        self.selected = at if self.selected is None and step < 0 else max(0, min(last, at + step))

    def watch_selected(self) -> None:
        """Mark the text, and bring it into sight."""
        self._repaint_marks()
        if self.selected is None:
            return
        first, end = self._stack.range(self.selected)
        top, height = self.scroll_offset.y, self.size.height
        if first < top or end - 1 > top + height:
            self.scroll_to(y=first, animate=False)

    def _repaint_marks(self) -> None:
        self.refresh(Region(0, 0, 1, self.size.height))

    def _is_marked(self, row: int) -> bool:
        if self.selected is None:
            return False
        first, end = self._stack.range(self.selected)
        return first <= row < end - 1

    def render_line(self, y: int) -> Strip:
        """Return a row of cells."""
        row = y + self.scroll_offset.y
        rows = self._stack.rows
        strip = rows[row] if row < len(rows) else Strip([])
        ink: Ink = "accent" if self.has_focus else "faint"
        style = ink_styles(self.app.theme_variables)[ink]
        mark = Segment("▌" if self._is_marked(row) else " ", style)
        line = Strip.join([Strip([mark]), strip])
        return line.crop_extend(0, self.size.width, None).apply_style(self.rich_style)
