"""A field of a form: its label, what takes the value, and a word on it below."""

from __future__ import annotations

from typing import Protocol

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from tui.formats import fit
from tui.ink import Ink, Line
from tui.widgets.fixed_lines import FixedLines
from tui.wrapping import wrap

LABEL = 17
"""The cells of a label, with the mark before it."""
_MOST_LINES = 3


class FormChanged(Message):
    """A value was changed by the person."""


class Control(Protocol):
    """What takes a value."""

    @property
    def text(self) -> str:
        """The value; empty for the usual."""
        ...

    def put(self, text: str) -> None:
        """Show a value that was settled elsewhere."""
        ...

    def show_usual(self, words: str) -> None:
        """Show what counts where nothing is said."""
        ...


class FormField(FixedLines):
    """Shows a field, and a word on it where there is one.

    Args:
        name: what it is called.
        label: what it is called in the form.
        control: what takes the value.
    """

    def __init__(self, name: str, label: str, control: Widget) -> None:
        super().__init__(name=name, classes="form-field")
        self._label, self._control = label, control
        self._word, self._glyph = "", " "
        self._ink: Ink = "dim"

    def compose(self) -> ComposeResult:
        """Put the control beside the label, which this widget paints itself."""
        yield self._control

    def tell(self, word: str, ink: Ink = "dim", glyph: str = " ") -> None:
        """Say a word on the field below it; an empty one says nothing."""
        if (word, ink, glyph) != (self._word, self._ink, self._glyph):
            self._word, self._ink, self._glyph = word, ink, glyph
            self._paint()

    @property
    def is_at_fault(self) -> bool:
        """Whether what is said below the field stands against it."""
        return self._ink == "bad" and bool(self._word)

    def on_mount(self) -> None:
        """Show the label."""
        self._paint()

    def on_resize(self) -> None:
        """Break the word anew."""
        self._paint()

    def on_descendant_focus(self) -> None:
        """Mark the field."""
        self._paint()

    def on_descendant_blur(self) -> None:
        """Take the mark away."""
        self._paint()

    def _paint(self) -> None:
        lines = [self._labelled(), *self._said()]
        height = self.styles.height
        if height is None or height.value != len(lines):
            self.styles.height = len(lines)
        self.show(lines)

    def _labelled(self) -> Line:
        focused = self._control.has_focus
        ink: Ink = "strong" if focused else "bad" if self.is_at_fault else "plain"
        return [("▌" if focused else " ", "accent"), (fit(self._label, LABEL - 2), ink)]

    def _said(self) -> list[Line]:
        room = self.size.width - LABEL - 2
        if not self._word or room <= 0:
            return []
        parts = wrap(self._word, room)
        if len(parts) > _MOST_LINES:
            parts = [*parts[: _MOST_LINES - 1], fit(f"{parts[_MOST_LINES - 1]} …", room)]
        glyphs = [self._glyph, *" " * len(parts)]
        return [
            [(" " * LABEL, "plain"), (f"{glyph} {part}", self._ink)]
            for glyph, part in zip(glyphs, parts, strict=False)
        ]
