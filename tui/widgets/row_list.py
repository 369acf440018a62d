"""A list of rows with a cursor, of any length: only the rows in sight are ever made or painted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import partial

from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.actions import bindings
from tui.ink import Line, Span
from tui.jumping import Spot
from tui.theme import cursor_style
from tui.widgets.changed_cells import changed_cells
from tui.widgets.inked import Inked
from tui.widgets.scrolled_length import set_length


class RowList(ScrollView, Inked, can_focus=True, inherit_bindings=False):
    """The base of lists: a subclass tells how many rows there are and what a row says."""

    BINDINGS = bindings("rows")

    cursor: reactive[int] = reactive(0, repaint=False)

    class CursorMoved(Message):
        """The cursor came to stand on another row."""

    class RoomChanged(Message):
        """The list became wider or narrower."""

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def row(self, place: int, width: int) -> Line:
        """Return what a row says in so many cells, without the cursor's mark before it."""

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor's mark is shown."""
        return True

    @property
    def room(self) -> int:
        """The cells that a row has between the cursor's mark and the scrollbar's column."""
        return max(0, self.content_region.width - 2)

    def in_sight(self) -> list[Strip]:
        """Return the rows in sight as they are painted now; ask before changing them."""
        return [self.render_line(y) for y in range(self.size.height)]

    def rows_changed(
        self, before: Sequence[Strip], cursor: int | None = None, top: int | None = None
    ) -> None:
        """Repaint the cells that changed since `in_sight` was asked.

        Args:
            before: what it returned.
            cursor: where the row is now that the cursor stood on; None if it did not move.
            top: the row to have at the top; None keeps the present one.
        """
        set_length(self, self.row_count)
        if cursor is not None:
            self.set_reactive(RowList.cursor, self.validate_cursor(cursor))
        if top is not None:
            self.scroll_to(y=top, animate=False)
        self._follow_cursor()
        if regions := changed_cells(before, self.in_sight(), self.size.width):
            self.refresh(*regions)

    def repaint_rows(self, places: Iterable[int]) -> None:
        """Repaint those of these rows that are in sight."""
        top = self.scroll_offset.y
        for place in places:
            if top <= place < top + self.size.height:
                self.refresh_line(place)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, self.row_count - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Move the mark, and tell."""
        self.repaint_rows((before, after))
        self._follow_cursor()
        self.post_message(self.CursorMoved())

    def _follow_cursor(self) -> None:
        height, top = self.size.height, self.scroll_offset.y
        if not height:
            return
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the cursor in sight."""
        self._follow_cursor()
        self.post_message(self.RoomChanged())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked; open it if it was clicked twice."""
        place = event.y + self.scroll_offset.y
        if place < self.row_count:
            self.cursor = place
            if event.chain == 2 and self.cursor == place:
                self.app.simulate_key("enter")

    def spots(self) -> list[Spot]:
        """Return where the rows in sight are."""
        top = self.scroll_offset.y
        rows = range(top, min(top + self.content_size.height, self.row_count))
        corner = Offset(self.gutter.left, self.gutter.top)
        return [
            Spot(corner + Offset(0, place - top), partial(self.stand_on, place), place > top)
            for place in rows
        ] or [Spot(Offset(0, 0), self.focus)]

    def stand_on(self, place: int) -> None:
        """Put the focus here, and the cursor on a row."""
        self.focus(scroll_visible=False)
        self.cursor = place

    def action_move(self, rows: int) -> None:
        """Move the cursor down by rows, up if negative."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.cursor += pages * max(1, self.size.height - 1)

    def action_first(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last row."""
        self.cursor = self.row_count - 1

    def render_line(self, y: int) -> Strip:
        """Return a row of cells."""
        place = y + self.scroll_offset.y
        style = self.rich_style
        if place >= self.row_count:
            return Strip.blank(self.size.width, style)
        marked = self.shows_cursor and place == self.cursor
        mark: Span = ("▌" if marked else " ", "accent" if self.has_focus else "dim")
        strip = self.strip([mark, *self.row(place, self.room)]).crop_extend(
            0, self.size.width, None
        )
        if marked:
            style += cursor_style(self.app.theme_variables, focused=self.has_focus)
        return strip.apply_style(style)
