"""A conversation as text: questions, answers, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual import events

from tui.ink import Ink, Line
from tui.widgets.line_view import LineView
from tui.wrapping import wrap

_INDENT = 2
_WIDEST = 100  # longer lines are hard to follow


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Attributes:
        question: what the person wrote; empty for trouble that no question led to.
        answer: what the model wrote, so far.
        trouble: why the answer broke off, if it did.
        heading: a line to set before it, such as when it was.
        earlier: whether it was in a conversation before this one.
    """

    question: str
    answer: str = ""
    trouble: str | None = None
    heading: str | None = None
    earlier: bool = False


class Transcript(LineView):
    """Shows exchanges; follows the end while an answer is being written, unless one scrolls up."""

    def __init__(self) -> None:
        super().__init__(id="transcript")
        self.exchanges: list[Exchange] = []
        self._wrapped: dict[Exchange, list[Line]] = {}

    def before(self, earlier: Sequence[Exchange]) -> None:
        """Put the exchanges of earlier conversations first."""
        self.exchanges[:0] = earlier
        self._show(to_end=True)

    def asked(self, question: str) -> None:
        """Begin an exchange."""
        self.exchanges.append(Exchange(question))
        self._show(to_end=True)

    def failed(self, trouble: str) -> None:
        """Show trouble that no question led to."""
        self.exchanges.append(Exchange("", trouble=trouble))
        self._show(to_end=True)

    def answered(self, answer: str, trouble: str | None = None) -> None:
        """Show what has been written of the newest answer, or why it broke off."""
        self.exchanges[-1] = replace(self.exchanges[-1], answer=answer, trouble=trouble)
        self._show(to_end=self.at_end)

    def on_resize(self, _event: events.Resize) -> None:
        """Break the lines anew."""
        self._wrapped.clear()
        self._show(to_end=self.at_end)

    def _show(self, *, to_end: bool) -> None:
        lines: list[Line] = []
        for exchange in self.exchanges:
            if exchange not in self._wrapped:
                self._wrapped[exchange] = exchange_lines(exchange, self.room)
            lines += self._wrapped[exchange]
        self._wrapped = {exchange: self._wrapped[exchange] for exchange in self.exchanges}
        self.show(lines)
        if to_end:
            self.scroll_end(animate=False)


def exchange_lines(exchange: Exchange, width: int) -> list[Line]:
    """Return the lines of an exchange in so many cells, a blank one last."""
    room = min(width, _WIDEST) - _INDENT
    spoken: Ink = "dim" if exchange.earlier else "plain"
    lines: list[Line] = []
    if exchange.heading:
        lines += [[(f"── {exchange.heading} ", "faint")], []]
    question = wrap(exchange.question, room) if exchange.question else []
    for number, line in enumerate(question):
        mark = "▸ " if number == 0 else "  "
        lines.append([(mark, "accent"), (line, "dim" if exchange.earlier else "strong")])
    if exchange.answer:
        lines += [
            [(" " * _INDENT, "plain"), (line, spoken)]
            for line in wrap(exchange.answer.strip(), room)
        ]
    if exchange.trouble:
        lines += [[("! ", "bad"), (line, "bad")] for line in wrap(exchange.trouble, room)]
    return [*lines, []]
