"""The log as a list, the newest event first; only what is in sight is read."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from store.queries.event_search import EVENTS, event_seqs, events_by_seq
from store.recorded import Recorded
from tui.background import Background, Failure
from tui.event_lines import summary
from tui.formats import fit, fit_right
from tui.ink import Line
from tui.moments import moment
from tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from store.database import Database

_KEPT = 1_000
_PAGES_AROUND = 2
_WHEN, _SEQ, _STREAM, _ACTOR = 15, 7, 22, 16
_ID = 16
"""A stream's column where there is little room: without its kind, which the type tells."""


def event_heading(width: int) -> Line:
    """Return the titles of the columns."""
    cells = _cells(width)
    texts = ("WHEN", "EVENT", "STREAM", "WHO", "WHAT")
    return [(_joined(texts, cells), "faint")]


def event_line(event: Recorded, width: int, now: datetime) -> Line:
    """Return an event in one line: when, which, of what, by whom, and what it says."""
    when, seq, stream, actor, what = _cells(width)
    told = summary(event)
    return [
        (fit(moment(event.at, now), when), "dim"),
        (" " + fit_right(str(event.seq), seq), "faint"),
        (" " + fit(_shown(event.stream, stream), stream) if stream else "", "plain"),
        (" " + fit(event.actor, actor) if actor else "", "dim"),
        (" " + fit(f"{event.type}  {told}" if told else event.type, max(0, what - 1)), "plain"),
    ]


def _shown(stream: str, width: int) -> str:
    return stream if width >= _STREAM else stream.partition("/")[2] or stream


def _cells(width: int) -> tuple[int, int, int, int, int]:
    rest = width - _WHEN - _SEQ - 1
    stream = _STREAM if rest >= 90 else _ID if rest >= 50 else 0
    rest -= stream + 1 if stream else 0
    actor = _ACTOR if rest >= 70 else 0
    rest -= actor + 1 if actor else 0
    return _WHEN, _SEQ, stream, actor, rest


def _joined(texts: Sequence[str], cells: Sequence[int]) -> str:
    when, seq, stream, actor, what = texts
    pieces = [fit(when, cells[0]), " " + fit_right(seq, cells[1])]
    pieces += [
        " " + fit(text, wide)
        for text, wide in zip((stream, actor), cells[2:4], strict=True)
        if wide
    ]
    return "".join([*pieces, " " + fit(what, max(0, cells[4] - 1))])


class EventRows(RowList, Background):
    """The events that fit a search.

    Args:
        database: where to read.
        now: tells the time.
    """

    @dataclass
    class SeqsRead(Message):
        """It was read which events fit, of how many."""

        search: str
        seqs: Sequence[int]
        head: int

    @dataclass
    class EventsRead(Message):
        """Events in sight were read."""

        events: list[Recorded]

    class Told(Message):
        """The list shows other events than before."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        super().__init__(id="event-rows")
        self._database = database
        self._now = now
        self.search = ""
        self.seqs: Sequence[int] = ()
        self.head = 0
        self._events: OrderedDict[int, Recorded] = OrderedDict()
        self._listing = self._stale = self._reading = False
        self._wanted: int | None = None

    @property
    def row_count(self) -> int:
        """How many events fit."""
        return len(self.seqs)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of an event."""
        event = self._events.get(self.seqs[place])
        if event is None:
            return [(f"{'…':>{_WHEN + _SEQ + 1}}", "faint")]
        return event_line(event, width, self._now())

    @property
    def selected(self) -> int | None:
        """The seq of the event under the cursor."""
        return self.seqs[self.cursor] if len(self.seqs) else None

    def want(self, seq: int) -> None:
        """Put the cursor on an event, or on one near it, as soon as the list is read."""
        self._wanted = seq

    def look(self, search: str | None = None) -> None:
        """Read which events fit, of another search or of the same once more."""
        if search is not None:
            self.search = search
        if self._listing:
            self._stale = True
            return
        self._listing, self._stale = True, False
        wanted = self.search
        self.in_background("list", lambda: self._list(wanted))

    def _list(self, wanted: str) -> Message:
        head = self._database.head()
        if not wanted:
            # The log has no gaps: nothing more need be read.
            return self.SeqsRead(wanted, range(head, 0, -1), head)
        found = event_seqs(self._database.reader, EVENTS.search(wanted))
        return self.SeqsRead(wanted, found, head)

    def on_event_rows_seqs_read(self, message: SeqsRead) -> None:
        """Show the events; one who looks at older ones keeps them in sight."""
        message.stop()
        self._listing = False
        before, top, held = self.in_sight(), self.scroll_offset.y, self.selected
        at_top = top == 0 and self.cursor == 0 and self._wanted is None
        held, self._wanted = self._wanted or held, None
        self.seqs, self.head = message.seqs, message.head
        line = 0 if at_top or held is None else _place(self.seqs, held)
        moved = line - self.cursor
        self.rows_changed(before, line, None if at_top else max(0, top + moved))
        self._read_sight()
        self.post_message(self.Told())
        if self._stale or message.search != self.search:
            self.look()

    def on_event_rows_events_read(self, message: EventsRead) -> None:
        """Show what was read."""
        message.stop()
        self._reading = False
        before = self.in_sight()
        for event in message.events:
            self._events[event.seq] = event
            self._events.move_to_end(event.seq)
        while len(self._events) > _KEPT:
            self._events.popitem(last=False)
        self.rows_changed(before)
        self._read_sight()

    def _read_sight(self) -> None:
        if self._reading:
            return
        top, height = self.scroll_offset.y, max(1, self.size.height)
        around = _PAGES_AROUND * height
        if all(seq in self._events for seq in self.seqs[top : top + height]):
            return
        near = self.seqs[max(0, top - around) : top + height + around]
        missing = [seq for seq in near if seq not in self._events]
        self._reading = True
        reader = self._database
        self.in_background("read", lambda: self.EventsRead(events_by_seq(reader.reader, missing)))

    def on_resize(self, _event: events.Resize) -> None:
        """Read what comes into sight, beside what every list does then."""
        self._read_sight()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._read_sight()

    def work_failed(self, failure: Failure) -> None:
        """Let it be read again."""
        self._listing = self._reading = False
        super().work_failed(failure)


def _place(seqs: Sequence[int], held: int) -> int:
    """Return where an event stands in a list from the newest to the oldest, or would stand."""
    place = bisect_left(seqs, -held, key=lambda seq: -seq)
    return min(place, max(0, len(seqs) - 1))
