"""A conversation as text, with a cursor over its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.actions import bindings
from tui.background import Background
from tui.exchange import (
    Exchange,
    answer_lines,
    exchange_lines,
    foot_lines,
    question_lines,
    text_room,
)
from tui.ink import Ink, Line
from tui.markdown.growing import GrowingText
from tui.stacked_rows import StackedRows
from tui.theme import ink_styles
from tui.widgets.changed_cells import changed_cells
from tui.widgets.inked import Inked
from tui.widgets.scrolled_length import set_length

_AT_ONCE = 30_000
"""Characters that are set without making somebody wait; more are set in a thread."""

_FOLLOWED_BY = 4
"""Lines by which a growing answer is scrolled: every scroll repaints the whole transcript."""

_WAITING: Line = [("  …", "faint")]


class Transcript(ScrollView, Inked, Background, can_focus=True, inherit_bindings=False):
    """Shows exchanges; follows the end while an answer is being written, unless one scrolls up.

    Attributes:
        exchanges: what is shown.
        raw: whether answers are shown as they were written, not as Markdown.
        selected: which exchange the cursor is on; None for the newest, unmarked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines"), *bindings("answers")]

    selected: reactive[int | None] = reactive(None, repaint=False)

    @dataclass
    class LinesSet(Message):
        """Exchanges were set in lines of so many cells."""

        room: int
        raw: bool
        lines: dict[Exchange, list[Line]]

    @dataclass
    class Laid(Message):
        """Exchanges take other rows than before."""

    @dataclass
    class Selected(Message):
        """The cursor came to stand on another exchange."""

        transcript: Transcript

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name, classes="transcript")
        self.exchanges: list[Exchange] = []
        self.raw = False
        self._set: dict[Exchange, list[Strip]] = {}
        self._stack = StackedRows()
        self._least = 0
        self._growing: GrowingText | None = None
        self._head = 0
        self._follows = True

    @property
    def _rows(self) -> list[Strip]:
        return self._stack.rows

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
        """Whether an answer is being written."""
        return self._growing is not None

    @property
    def current(self) -> Exchange | None:
        """The exchange under the cursor."""
        place = len(self.exchanges) - 1 if self.selected is None else self.selected
        return self.exchanges[place] if 0 <= place < len(self.exchanges) else None

    def show_all(self, exchanges: Sequence[Exchange]) -> None:
        """Show these exchanges in place of all before; whoever reads stays where he is."""
        self._follows = False
        self.exchanges = [*exchanges]
        self._set_all(to_end=False)

    def before(self, earlier: Sequence[Exchange]) -> None:
        """Put exchanges of earlier conversations first."""
        self.exchanges[:0] = earlier
        if self.selected is not None:
            self.selected += len(earlier)
        self._set_all(to_end=True)

    def add(self, exchange: Exchange) -> None:
        """Show an exchange after the others."""
        self.exchanges.append(exchange)
        self._set_all(to_end=True)

    def asked(self, question: str, heading: str | None = None, beside: int | None = None) -> None:
        """Begin an exchange."""
        self.set_reactive(Transcript.selected, None)
        self.exchanges.append(Exchange(question, heading=heading, beside=beside))
        self._set_all(to_end=True)
        self._grow_anew()

    def answered(self, answer: str) -> None:
        """Show what has been written of the newest answer."""
        growing = self._growing
        if growing is None:
            return
        last = replace(self.exchanges[-1], answer=answer)
        self.exchanges[-1] = last
        kept, lines = growing.grow(answer.lstrip())
        strips = self.strips([*answer_lines(lines), []])
        self._change(self.last_start + self._head + kept, strips, to_end=self._follows)

    def ended(self, last: Exchange) -> None:
        """Show the newest exchange as it was in the end, with what its answer took."""
        if self._growing is not None:
            self.answered(last.answer)
            del self._rows[-1]
        self._growing = None
        self.exchanges[-1] = last
        self._change(
            len(self._rows), self.strips(foot_lines(last, self.room)), to_end=self._follows
        )
        self._set[last] = self._rows[self.last_start :]

    def change(self, place: int, exchange: Exchange) -> None:
        """Show another exchange in the place of one, such as the same with a rating."""
        self.exchanges[place] = exchange
        self._set_all(to_end=False)

    def show_raw(self, raw: bool) -> None:
        """Show answers as they were written, or as Markdown."""
        self.raw = raw
        self._set.clear()
        self._set_all(to_end=self._follows)

    def on_resize(self, _event: events.Resize) -> None:
        """Break the lines anew."""
        self._set.clear()
        self._set_all(to_end=self._follows)

    def _set_all(self, *, to_end: bool) -> None:
        """Show all exchanges; those that take long to be set come when they are."""
        missing = [one for one in dict.fromkeys(self.exchanges) if one not in self._set]
        room, raw = self.room, self.raw
        if sum(len(one.answer) for one in missing) <= _AT_ONCE:
            for one in missing:
                self._set[one] = self.strips(exchange_lines(one, room, raw=raw))
        else:
            self.in_background(
                "set",
                lambda: self.LinesSet(
                    room, raw, {one: exchange_lines(one, room, raw=raw) for one in missing}
                ),
            )
        growing = self._growing
        self._show_set(to_end=to_end)
        if growing is not None:
            self._grow_anew()

    def on_transcript_lines_set(self, message: LinesSet) -> None:
        """Show what was set, if it still fits."""
        message.stop()
        if (message.room, message.raw) != (self.room, self.raw):
            return
        to_end = self._follows
        self._set |= {one: self.strips(lines) for one, lines in message.lines.items()}
        if self._growing is None:
            self._show_set(to_end=to_end)
        else:
            self._set_all(to_end=to_end)

    def _show_set(self, *, to_end: bool) -> None:
        waiting = [self.strip(_WAITING), self.strip([])]
        known = [self._set.get(one, waiting) for one in self.exchanges]
        self._lay(known, to_end=to_end)
        self.post_message(self.Laid())

    def _lay(self, known: Sequence[Sequence[Strip]], *, to_end: bool) -> None:
        rows = self._stack.laid(known, self.strip([]))
        # What is no longer shown need not be kept.
        self._set = {one: self._set[one] for one in self.exchanges if one in self._set}
        self._change(0, rows, to_end=to_end)

    @property
    def stack(self) -> list[tuple[int | None, int]]:
        """Return which question each exchange is, and the rows that it takes by itself."""
        return [
            (one.beside, len(self._stack.text(place))) for place, one in enumerate(self.exchanges)
        ]

    @property
    def last_start(self) -> int:
        """The row of the newest question."""
        return self._stack.starts[-1] if self._stack.starts else 0

    @property
    def length(self) -> int:
        """How many rows there are, without blank ones to line it up with others."""
        length = len(self._rows)
        if self._growing is not None and length > self.size.height:
            length += -length % _FOLLOWED_BY
        return length

    def line_up(self, pads: Mapping[int, int]) -> None:
        """Put so many blank rows before exchanges, by their places."""
        if self._stack.pads != pads:
            known = [self._stack.text(place) for place in range(len(self._stack.starts))]
            self._stack.pads = pads
            self._lay(known, to_end=self._follows)

    def reach(self, rows: int) -> None:
        """Be at least so many rows long, with blank ones at the end."""
        if self._least != rows:
            self._least = rows
            self._change(len(self._rows), [], to_end=self._follows)

    def _grow_anew(self) -> None:
        """Set the newest answer from its beginning, and be ready for more of it."""
        last = self.exchanges[-1]
        self._head = len(question_lines(last, self.room))
        self._growing = GrowingText(text_room(self.room), raw=self.raw)
        self.answered(last.answer)

    def _change(self, first: int, strips: Sequence[Strip], *, to_end: bool) -> None:
        """Put lines in the place of all from a row on, and repaint the cells that differ."""
        before = self._in_sight()
        self._rows[first:] = strips
        set_length(self, max(self.length, self._least))
        regions = changed_cells(before, self._in_sight(), self.size.width - 1)
        if regions:
            self.refresh(*(region.translate((1, 0)) for region in regions))
        if to_end:
            self._follows = True
            self.scroll_end(animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the end from now on, or no longer."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = self.at_end

    def _in_sight(self) -> Sequence[Strip]:
        top = self.scroll_offset.y
        return self._rows[top : top + self.size.height]

    def notify_style_update(self) -> None:
        """Ink the lines anew."""
        super().notify_style_update()
        if self._rows:
            self._set.clear()
            self._set_all(to_end=self._follows)

    def on_focus(self) -> None:
        """Mark the exchange under the cursor."""
        if self.selected is None and self.exchanges:
            self.set_reactive(Transcript.selected, len(self.exchanges) - 1)
        self._repaint_marks()

    def on_blur(self) -> None:
        """Let the mark fade."""
        self._repaint_marks()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the exchange that was clicked."""
        row = event.y + self.scroll_offset.y
        found = [place for place, start in enumerate(self._stack.starts) if start <= row]
        if found and row < len(self._rows):
            self.selected = found[-1]

    def select(self, step: int) -> None:
        """Put the cursor on an exchange further down, or up if negative."""
        if not self.exchanges:
            return
        last = len(self.exchanges) - 1
        at = last if self.selected is None else self.selected
        self.selected = at if self.selected is None and step < 0 else max(0, min(last, at + step))

    def watch_selected(self) -> None:
        """Mark the exchange, and bring it into sight."""
        self._repaint_marks()
        if self.selected is not None:
            first, end = self._stack.range(self.selected)
            top, height = self.scroll_offset.y, self.size.height
            if first < top or end - 1 > top + height:
                self.scroll_to(y=first, animate=False)
        self.post_message(self.Selected(self))

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
        strip = self._rows[row] if row < len(self._rows) else Strip([])
        ink: Ink = "accent" if self.has_focus else "faint"
        style = ink_styles(self.app.theme_variables)[ink]
        mark = Segment("▌" if self._is_marked(row) else " ", style)
        line = Strip.join([Strip([mark]), strip])
        return line.crop_extend(0, self.size.width, None).apply_style(self.rich_style)
