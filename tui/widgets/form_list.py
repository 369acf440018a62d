"""What a field of a form offers: a list over what is below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.cells import cell_len
from textual import events
from textual.containers import VerticalScroll
from textual.geometry import Offset, Region
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
        """What enter takes, if anything."""
        return self._offers[self.cursor] if self._is_chosen and self._offers else None

    @property
    def shows_cursor(self) -> bool:
        """Whether a row is chosen: a mark on one that enter would not take misleads."""
        return self._is_chosen

    def offer(self, of: Widget, offers: Sequence[Offered], chosen: int | None) -> None:
        """Offer something else.

        Args:
            of: what is written in; the list lies below it.
            offers: what can be taken.
            chosen: which of it enter takes; None for none before the cursor is moved.
        """
        self._of, self._offers = of, offers
        self._is_chosen = chosen is not None
        self.lie()
        self.set_reactive(RowList.cursor, chosen or 0)
        self.rows_changed([], chosen or 0)
        self.refresh()

    def return_to(self, value: str) -> None:
        """Choose what was chosen before something was offered anew, if it is still there."""
        for place, offer in enumerate(self._offers):
            if offer.value == value:
                self.cursor = place

    def lie(self) -> None:
        """Lie right below what is written in, or above where there is more room.

        It stays over the form: beside and below that stands what is read while one chooses.
        """
        if self._of is None:
            return
        field, form = self._of.region, self._form
        below, above = form.bottom - field.bottom, field.y - form.y
        room = below if below >= min(_MOST, len(self._offers)) or below >= above else above
        height = min(_MOST, len(self._offers), max(1, room))
        top = field.bottom if room == below else field.y - height
        # It begins further left rather than cut off what is known of each.
        left = max(form.x + 1, min(field.x, form.right - self._widest))
        self.styles.width = max(_LEAST_WIDTH, min(self._widest, form.right - left))
        self.styles.height = height
        self.styles.offset = Offset(left, top)

    @property
    def _form(self) -> Region:
        """What the form takes of the screen; all of it where the field stands in no form."""
        of = self._of
        inside = () if of is None else of.ancestors
        form = next((each for each in inside if isinstance(each, VerticalScroll)), self.screen)
        return form.region

    @property
    def _widest(self) -> int:
        """The cells that the longest row takes, with its mark and the scrollbar."""
        name = max(cell_len(offer.value) for offer in self._offers)
        return name + max(cell_len(offer.words) for offer in self._offers) + 5

    def stand_on(self, place: int) -> None:
        """Take a row."""
        self.cursor, self._is_chosen = place, True
        if self._of is not None:
            self._of.post_message(self.Taken())

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
