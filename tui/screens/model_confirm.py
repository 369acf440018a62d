"""A dialog that shows what would be done in full, and asks before it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.actions import bindings
from tui.harmless import harmless
from tui.ink import Ink, Line
from tui.widgets.line_view import LineView
from tui.wrapping import wrap

_SHARE = 0.94
"""Of the screen's rows that a dialog may take, as its style says."""
_FRAME = 4
"""The rows of its border and of the blanks inside it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What would be done.

    Attributes:
        asked: the question, naming the thing that it is about.
        lines: what will happen then, line by line, each with its ink.
        yes: what agreeing does, in a word or two.
        no: what refusing does.
        typed: what must be typed to agree; None if a key is enough.
        typed_as: what that is, in words.
    """

    asked: str
    lines: Sequence[tuple[str, Ink]]
    yes: str
    no: str
    typed: str | None = None
    typed_as: str = ""


class Confirm(ModalScreen[bool]):
    """Asks whether a deed shall be done: by `y` and `n`, or by a word that has to be typed."""

    BINDINGS = bindings("question")

    def __init__(self, deed: Deed) -> None:
        super().__init__()
        self._deed = deed
        self._view = LineView(id="deed-lines")

    def compose(self) -> ComposeResult:
        """Put the question over what would be done over the answers."""
        deed = self._deed
        with Vertical(id="deed"):
            yield Static(Content(harmless(deed.asked)), id="asked")
            yield self._view
            if deed.typed is not None:
                yield Static(Content(harmless(f"Type {deed.typed_as}: {deed.typed}")), id="told")
                yield Input(id="typed", compact=True)
                yield Static(_answers(("enter", deed.yes), ("esc", deed.no)), id="answers")
            else:
                yield Static(_answers(("y", deed.yes), ("n", deed.no)), id="answers")

    def on_mount(self) -> None:
        """Show the lines, and listen."""
        if self._deed.typed is not None:
            typed = self.query_one(Input)
            typed.cursor_blink = False
            typed.focus()
        else:
            self._view.focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the lines to the screen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        lines: list[Line] = [
            [(part, ink)] for text, ink in self._deed.lines for part in wrap(text, self._view.room)
        ]
        self._view.styles.height = max(1, min(len(lines), self._rows_for_lines()))
        self._view.show(lines)

    def _rows_for_lines(self) -> int:
        """Return the rows of the screen that the rest of the dialog leaves."""
        rest = [each for each in self.query_one("#deed").children if each is not self._view]
        taken = sum(each.size.height + each.styles.margin.height for each in rest)
        taken += self._view.styles.margin.height + _FRAME
        return int(self.size.height * _SHARE) - taken

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it, if the very word was typed."""
        event.stop()
        if event.value.strip() == self._deed.typed:
            self.dismiss(True)
        else:
            told = f"that is not {self._deed.typed_as}: nothing is done"
            self.app.notify(told, severity="warning", markup=False)

    def action_answer(self, answer: bool) -> None:
        """Close the dialog with an answer; where a word has to be typed, a key is none."""
        if self._deed.typed is None or not answer:
            self.dismiss(answer)


def _answers(*answers: tuple[str, str]) -> Content:
    pieces: list[str | tuple[str, str]] = []
    for place, (key, words) in enumerate(answers):
        pieces += ["      " if place else "", (key, "$accent bold"), f" {words}"]
    return Content.assemble(*pieces)
