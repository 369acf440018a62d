"""A line of a form in which one of a few things is chosen; all of them are in sight."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from tui.ink import Line, Span
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.form_field import FormChanged


class FormChoice(FixedLines, can_focus=True):
    """Shows the things with a mark at the chosen one; where they do not fit, the chosen one.

    Args:
        name: the field's name.
        values: what can be chosen, the usual first, which is written as nothing.
        usual: what the usual is.
    """

    def __init__(self, name: str, values: Sequence[str], usual: str) -> None:
        super().__init__(name=name, classes="form-control")
        self._values, self._usual = ("", *values), usual
        self._text = ""
        self._same: str | None = None
        self._ends: list[tuple[int, str]] = []

    @property
    def text(self) -> str:
        """What is chosen; empty for the usual."""
        return self._text

    def put(self, text: str) -> None:
        """Choose something; what was never offered is offered from now on."""
        if text and text not in self._values:
            self._values = (*self._values, text)
        self._text = text
        self._paint()

    def offer(self, values: Sequence[str]) -> None:
        """Offer these beside the usual; what is chosen stays."""
        chosen = (self._text,) if self._text and self._text not in values else ()
        offered = ("", *values, *chosen)
        if offered != self._values:
            self._values = offered
            self._paint()

    def show_usual(self, words: str) -> None:
        """Name what the usual is; it is then not offered a second time."""
        if words != self._same:
            self._same = words
            self._paint()

    def turn(self, by: int) -> None:
        """Choose the next one, or the one before."""
        values = self._offered
        self._choose(values[(values.index(self._text) + by) % len(values)])

    def on_key(self, event: events.Key) -> None:
        """Choose the next thing that begins with a letter."""
        letter = event.character if event.is_printable else None
        if letter is None or not letter.isalnum():
            return
        event.stop()
        values = self._offered
        here = values.index(self._text) + 1
        for value in (*values[here:], *values[:here]):
            if self._named(value).lower().startswith(letter.lower()):
                self._choose(value)
                return

    @property
    def _offered(self) -> list[str]:
        """What can be chosen, each thing once: who wrote down the usual chose the usual."""
        first = self._text if self._text == self._same else ""
        return [first, *(each for each in self._values[1:] if each not in (first, self._same))]

    def _choose(self, value: str) -> None:
        if value != self._text:
            self._text = value
            self._paint()
            self.post_message(FormChanged())

    def on_resize(self) -> None:
        """Show as many as fit."""
        self._paint()

    def on_focus(self) -> None:
        """Mark that the keys act here."""
        self._paint()

    def on_blur(self) -> None:
        """Take the mark away."""
        self._paint()

    def _named(self, value: str) -> str:
        if value and value != self._same:
            return value
        return self._usual if not self._same else f"{self._same} (usual)"

    def _paint(self) -> None:
        line, self._ends = self._all()
        if self.size.width and self._ends and self._ends[-1][0] > self.size.width + 2:
            line, self._ends = self._one(), []
        self.show([line])

    def _all(self) -> tuple[Line, list[tuple[int, str]]]:
        line: list[Span] = []
        ends, end = [], 0
        for value in self._offered:
            name = self._named(value)
            end += cell_len(name) + 4
            ends.append((end, value))
            if value == self._text:
                line += [("● ", "accent"), (f"{name}  ", "strong" if self.has_focus else "plain")]
            else:
                line += [("○ ", "faint"), (f"{name}  ", "dim")]
        return line, ends

    def _one(self) -> Line:
        values = self._offered
        place = values.index(self._text) + 1
        return [
            ("◂ ", "accent"),
            (self._named(self._text), "strong" if self.has_focus else "plain"),
            (" ▸", "accent"),
            (f"  {place} of {len(values)}", "dim"),
        ]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; the next one where only the chosen one is in sight."""
        for end, value in self._ends:
            if event.x < end:
                self._choose(value)
                return
        if not self._ends:
            self.turn(1)
