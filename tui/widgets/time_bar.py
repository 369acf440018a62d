"""A slider through the log: which event the screens are shown as of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.timer import Timer

from store.queries.history import event as read_event
from store.queries.history import seq_at
from store.recorded import Recorded
from store.times import from_text, to_text
from tui.actions import bindings
from tui.background import Background
from tui.event_lines import summary
from tui.formats import count, fit
from tui.harmless import harmless
from tui.ink import Line
from tui.moments import moment
from tui.widgets.fixed_lines import FixedLines

if TYPE_CHECKING:
    from store.database import Database

_REST_SECONDS = 0.35
_PARTS = 20
_LEFT = 3
_HANDLE, _BEFORE, _AFTER = "●", "━", "─"


class TimeBar(FixedLines, Background, can_focus=True):
    """Shows where in the log somebody is, and lets them move; the newest event is the present.

    Args:
        database: the present, whose log is gone through.
        now: tells the time of the present.
        seq: the event that is shown; None for the present.

    Attributes:
        opened: whether it is to be seen from the beginning.
        listens: whether the keys are its own from the beginning.
    """

    BINDINGS = bindings("time")

    @dataclass
    class Moved(Message):
        """Somebody came to rest at an event; `is_last` if it is the present."""

        seq: int
        is_last: bool

    class Left(Message):
        """Somebody has seen enough of other times."""

    @dataclass
    class Focused(Message):
        """The keys are the slider's now, or no longer."""

        has_focus: bool

    class Asked(Message):
        """Somebody wants to write which time they want to see."""

    @dataclass
    class SeqFound(Message):
        """It was found where to go."""

        seq: int

    @dataclass
    class EventRead(Message):
        """The event at the slider was read; the log has a new end, perhaps."""

        event: Recorded | None
        head: int

    def __init__(
        self, database: Database, now: Callable[[], datetime], seq: int | None = None
    ) -> None:
        super().__init__(id="time-bar")
        self._database, self._now = database, now
        self._shown = seq
        self._head = 1
        self._seq = seq or 1
        self._event: Recorded | None = None
        self._rests = True
        self._rest: Timer | None = None
        self._words = ""
        self.opened = self.listens = False

    def on_mount(self) -> None:
        """Stay out of the way until somebody goes back."""
        self.display = self.opened
        if self.opened:
            self.rest()

    def open(self) -> None:
        """Let somebody move through time."""
        self.opened = self.display = True
        self.focus()
        self.rest()

    def rest(self) -> None:
        """Stand where the screens stand: at the past that they show, or at the newest event."""
        self._rests, self._words = True, ""
        if self._rest is not None:
            self._rest.stop()
        self._seq = self._shown or self._seq
        self._look()

    @property
    def is_on_the_way(self) -> bool:
        """Whether somebody went to another time than the one that is shown yet."""
        return not self._rests and self._seq != (self._shown or self._head)

    def on_focus(self) -> None:
        """Say so."""
        self.post_message(self.Focused(has_focus=True))

    def on_blur(self) -> None:
        """Say so."""
        self.post_message(self.Focused(has_focus=False))

    def close(self) -> None:
        """Get out of the way."""
        self.opened = self.display = False

    def on_resize(self) -> None:
        """Fit the slider to the row."""
        self._show()

    def tell_progress(self, part: float) -> None:
        """Say how far the past is put together."""
        self._words = f"{part:.0%} read"
        self._show()

    def _show(self) -> None:
        self.show(time_lines(self._seq, self._head, self._told(), self.size.width))

    def _told(self) -> Line:
        if self._event is None:
            return [(f"event {count(self._seq)}", "plain")]
        event = self._event
        when, stream = moment(event.at, self._now()), f"  {event.stream}  "
        told = harmless(f"{event.type}  {summary(event)}".rstrip())
        progress = f"  {self._words}" if self._words else ""
        room = self.size.width - _LEFT - cell_len(f"{when}{stream}{progress}")
        return [
            (when, "strong"),
            (stream, "dim"),
            (fit(told, min(room, cell_len(told))), "plain"),
            (progress, "accent"),
        ]

    def _go(self, seq: int) -> None:
        """Come to another event, and show the past when the slider rests."""
        seq = max(1, min(seq, self._head))
        if seq == self._seq:
            return
        self._seq, self._event, self._words, self._rests = seq, None, "", False
        self._show()
        self._look()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._moved)

    def _moved(self) -> None:
        self.post_message(self.Moved(self._seq, self._seq == self._head))

    def _look(self) -> None:
        seq, database = self._seq, self._database
        is_present = self._rests and self._shown is None

        def read() -> Message:
            head = database.head()
            wanted = head if is_present else seq
            return self.EventRead(read_event(database.reader, wanted) if head else None, head)

        self.in_background("event", read)

    def on_time_bar_event_read(self, message: EventRead) -> None:
        """Say what happened there."""
        message.stop()
        self._head = max(1, message.head)
        if self._rests and self._shown is None:
            self._seq = self._head
        if message.event is not None and message.event.seq == self._seq:
            self._event = message.event
        self._show()

    def action_move_time(self, events: int) -> None:
        """Go so many events on, or back."""
        self._go(self._seq + events)

    def action_move_part(self, parts: int) -> None:
        """Go on by parts of the whole log, or back."""
        self._go(self._seq + parts * max(1, self._head // _PARTS))

    def action_move_day(self, days: int) -> None:
        """Go to the same time of another day."""
        if self._event is not None:
            moved = to_text(from_text(self._event.at) + timedelta(days=days))
            self.go_to(lambda: seq_at(self._database.reader, moved))

    def go_to(self, find: Callable[[], int]) -> None:
        """Go to an event that takes reading to find."""
        self.in_background("find", lambda: self.SeqFound(find()))

    def on_time_bar_seq_found(self, message: SeqFound) -> None:
        """Go to what was found."""
        message.stop()
        self._go(message.seq)

    def action_ask(self) -> None:
        """Let somebody write a time."""
        self.post_message(self.Asked())

    def action_first(self) -> None:
        """Go to the first event."""
        self._go(1)

    def action_last(self) -> None:
        """Go to the present."""
        self._go(self._head)

    def action_leave(self) -> None:
        """Look at what is shown."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """Go where somebody clicks."""
        left, cells = _slider(self.size.width, self._head)
        if event.y == 0 and left <= event.x < left + cells:
            part = (event.x - left) / max(1, cells - 1)
            self._go(1 + round(part * (self._head - 1)))


def time_lines(seq: int, head: int, told: Line, width: int) -> list[Line]:
    """Return the slider with its handle at an event, and under it what happened there.

    Until it is known how long the log is, it ends at the event.
    """
    head = max(head, seq)
    left, cells = _slider(width, head)
    place = round((seq - 1) / max(1, head - 1) * (cells - 1))
    where = "now" if seq == head else f"event {count(seq)}"
    return [
        [
            (fit(" ◂ ", left), "key"),
            (_BEFORE * place, "accent"),
            (_HANDLE, "strong"),
            (_AFTER * (cells - 1 - place), "faint"),
            (" ▸ ", "key"),
            (f"{where} of {count(head)}", "dim"),
        ],
        [(" " * left, "plain"), *told],
    ]


def _slider(width: int, head: int) -> tuple[int, int]:
    """Return where the slider begins, and how many cells it has."""
    return _LEFT, max(1, width - _LEFT - 4 - len(f"event {count(head)} of {count(head)}"))
