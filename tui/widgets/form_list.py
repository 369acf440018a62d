"""What a field of a form offers: a list over what is below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.cells import cell_len
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from tui.formats import fit
from tui.ink import Line
from tui.widgets.row_list import RowList

_MOST = 8
_LEAST_WIDTH = 20


class Offered(Protocol):
    """Something that can be taken: the value, what is known of it, and whether that is bad."""

    @property
    def value(self) -> str:
        """What is written then."""
        ...

    @property
    def words(self) -> str:
        """What is known of it."""
        ...

    @property
    def warning(self) -> bool:
        """Whether that is a warning."""
        ...


class FormList(RowList):
    """A list under the field that is written in; it never has the focus."""

    can_focus = False

    class Taken(Message):
        """A row was clicked."""

    def __init__(self) -> None:
        super().__init__(classes="form-list")
        self._offers: Sequence[Offered] = ()
        self._of: Widget | None = None
        self._is_chosen = False

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self._offers)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of one."""
        offer = self._offers[place]
        name = min(max(len(each.value) for each in self._offers), max(8, width - 10))
        return [
            (fit(offer.value, name), "plain"),
            (fit(f"  {offer.words}", width - name), "warn" if offer.warning else "dim"),
        ]

    @property
    def chosen(self) -> Offered | None:
        """What is chosen, if the cursor was ever moved or one was written already."""
        return self._offers[self.cursor] if self._is_chosen and self._offers else None

    def offer(self, of: Widget, offers: Sequence[Offered], chosen: int | None) -> None:
        """Offer something else.

        Args:
            of: what is written in; the list lies below it.
            offers: what can be taken.
            chosen: which of it is written already; None for none.
        """
        self._of, self._offers = of, offers
        self._is_chosen = chosen is not None
        self.lie()
        self.set_reactive(RowList.cursor, chosen or 0)
        self.rows_changed([], chosen or 0)
        self.refresh()

    def lie(self) -> None:
        """Lie right below what is written in, or above where there is more room."""
        if self._of is None:
            return
        field, screen = self._of.region, self.screen.size
        below, above = screen.height - field.bottom, field.y
        room = below if below >= min(_MOST, len(self._offers)) or below >= above else above
        height = min(_MOST, len(self._offers), max(1, room))
        top = field.bottom if room == below else field.y - height
        self.styles.width = max(_LEAST_WIDTH, min(self._widest, screen.width - field.x - 1))
        self.styles.height = height
        self.styles.offset = Offset(field.x, top)

    @property
    def _widest(self) -> int:
        """The cells that the longest row takes, with its mark and the scrollbar."""
        name = max(cell_len(offer.value) for offer in self._offers)
        return name + max(cell_len(offer.words) for offer in self._offers) + 5

    def choose(self, rows: int) -> None:
        """Choose the next one, or the one before; the first at first."""
        if self._is_chosen:
            self.cursor += rows
        else:
            self._is_chosen = True
            self.repaint_rows((self.cursor,))

    def on_click(self, event: events.Click) -> None:
        """Take what was clicked."""
        super().on_click(event)
        event.stop()
        if event.y + self.scroll_offset.y < self.row_count and self._of is not None:
            self._is_chosen = True
            self._of.post_message(self.Taken())
