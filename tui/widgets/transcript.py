"""A conversation as text, with a cursor over its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
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
from tui.ink import Line
from tui.markdown.growing import GrowingText
from tui.widgets.stacked_texts import StackedTexts

_AT_ONCE = 30_000
"""Characters that are set without making somebody wait; more are set in a thread."""

_WAITING: Line = [("  …", "faint")]


class Transcript(StackedTexts, Background, can_focus=True, inherit_bindings=False):
    """Shows exchanges; follows the end while an answer is being written, unless one scrolls up.

    Attributes:
        exchanges: what is shown.
        raw: whether answers are shown as they were written, not as Markdown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines"), *bindings("answers")]

    @dataclass
    class LinesSet(Message):
        """Exchanges were set in lines of so many cells."""

        room: int
        raw: bool
        lines: dict[Exchange, list[Line]]

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name, classes="transcript")
        self.exchanges: list[Exchange] = []
        self.raw = False
        self._set: dict[Exchange, list[Strip]] = {}
        self._growing: GrowingText | None = None
        self._head = 0

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
            del self._stack.rows[-1]
        self._growing = None
        self.exchanges[-1] = last
        self._change(
            len(self._stack.rows), self.strips(foot_lines(last, self.room)), to_end=self._follows
        )
        self._set[last] = self._stack.rows[self.last_start :]

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

    def _lay(self, texts: Sequence[Sequence[Strip]], *, to_end: bool) -> None:
        """Show exchanges in place of all before; what is no longer shown need not be kept."""
        self._set = {one: self._set[one] for one in self.exchanges if one in self._set}
        super()._lay(texts, to_end=to_end)

    @property
    def stack(self) -> list[tuple[int | None, int]]:
        """Return which question each exchange is, and the rows that it takes by itself."""
        return [
            (one.beside, len(self._stack.text(place))) for place, one in enumerate(self.exchanges)
        ]

    def _grow_anew(self) -> None:
        """Set the newest answer from its beginning, and be ready for more of it."""
        last = self.exchanges[-1]
        self._head = len(question_lines(last, self.room))
        self._growing = GrowingText(text_room(self.room), raw=self.raw)
        self.answered(last.answer)

    def notify_style_update(self) -> None:
        """Ink the lines anew."""
        super().notify_style_update()
        if self._stack.rows:
            self._set.clear()
            self._set_all(to_end=self._follows)
