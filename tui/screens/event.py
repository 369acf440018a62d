"""An event in full: what stands in the log, what led to it and what it led to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from store.queries.event_search import effects
from store.queries.history import event as read_event
from store.recorded import Recorded
from tui.actions import Place, bindings
from tui.background import Background
from tui.event_lines import summary
from tui.ink import Line, text_of
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wording import local_time
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_NAME = 12


class EventView(Screen[None], Background):
    """Shows one event; its cause can be gone back to.

    Args:
        lab: where to read.
        now: tells the time.
        seq: the event.
    """

    BINDINGS = bindings("event")
    PLACES: tuple[Place, ...] = ("event", "lines", "everywhere")

    @dataclass
    class WasRead(Message):
        """An event was read, with its cause and its effects."""

        event: Recorded
        cause: Recorded | None
        effects: Sequence[Recorded]

    def __init__(self, lab: Lab, now: Callable[[], datetime], seq: int) -> None:
        super().__init__()
        self._lab, self._now, self._seq = lab, now, seq
        self._before: list[int] = []
        self._read: EventView.WasRead | None = None

    def compose(self) -> ComposeResult:
        """Put the text between the title and the keys."""
        yield TitleLine(f"event {self._seq}")
        yield LineView(id="event-lines")
        yield KeyLine("event", "everywhere")

    def on_mount(self) -> None:
        """Read the event."""
        self.query_one(LineView).focus()
        self._look()

    def _look(self) -> None:
        seq, database = self._seq, self._lab.database

        def read() -> Message:
            found = read_event(database.reader, seq)
            cause = None if found.cause is None else read_event(database.reader, found.cause)
            return self.WasRead(found, cause, effects(database.reader, seq))

        self.in_background("read", read)

    def on_event_view_was_read(self, message: WasRead) -> None:
        """Show it."""
        self._read = message
        self.query_one(TitleLine).name_place(f"event {message.event.seq}")
        self.on_resize()
        self.query_one(LineView).scroll_home(animate=False)

    def on_resize(self) -> None:
        """Fit the lines to the screen."""
        if (read := self._read) is not None:
            view = self.query_one(LineView)
            view.show(event_in_full(read.event, read.cause, read.effects, view.room))

    def action_cause(self) -> None:
        """Show the event that led to this one."""
        if self._read is None:
            return
        if (cause := self._read.event.cause) is None:
            self.notify("no other event is recorded as its cause", severity="warning", markup=False)
            return
        self._before.append(self._seq)
        self._seq = cause
        self._look()

    def action_go_back(self) -> None:
        """Show every screen as it stood right after the event."""
        cast("FtlabApp", self.app).go_back_to(self._seq)

    def action_copy(self) -> None:
        """Copy what is shown."""
        lines = [text_of(line).rstrip() for line in self.query_one(LineView).lines]
        self.app.copy_to_clipboard("\n".join(lines))
        self.notify(f"copied event {self._seq}", markup=False)

    def action_back(self) -> None:
        """Show the event before, or leave."""
        if self._before:
            self._seq = self._before.pop()
            self._look()
        else:
            self.dismiss()


def event_in_full(
    event: Recorded, cause: Recorded | None, led_to: Sequence[Recorded], width: int
) -> list[Line]:
    """Return everything about an event; what is longer than the width goes on on the next line."""
    fields = {
        "type": f"{event.type}, schema {event.schema}",
        "stream": f"{event.stream}, version {event.version}",
        "occurred": local_time(event.occurred),
        "recorded": f"{local_time(event.at)} by {event.actor}",
        "key": event.key or "none",
        "hash": event.hash.hex(),
        "cause": _named(cause) if cause else "none",
    }
    lines = [line for name, value in fields.items() for line in _field(name, value, width)]
    if led_to:
        lines += [[], [("LED TO", "faint")]]
        lines += [line for each in led_to for line in _plain(_named(each), width)]
    lines += [[], [("DATA", "faint")]]
    for text in _unfolded(event.data).splitlines():
        lines += _plain(text, width)
    return lines


def _plain(text: str, width: int) -> list[Line]:
    return [[(line, "plain")] for line in wrap(text, width)]


def _field(name: str, value: str, width: int) -> list[Line]:
    """Return a name and its value, whose further lines stand under its first."""
    first, *others = wrap(value, width - _NAME)
    lines: list[Line] = [[(f"{name:<{_NAME}}", "dim"), (first, "plain")]]
    return lines + [[(" " * _NAME, "dim"), (line, "plain")] for line in others]


def _named(event: Recorded) -> str:
    return f"{event.seq}  {event.stream}  {event.type}  {summary(event)}".rstrip()


def _unfolded(data: str) -> str:
    try:
        return json.dumps(json.loads(data), indent=2, ensure_ascii=False)
    except ValueError:
        return data
