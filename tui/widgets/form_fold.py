"""A line of a form under which further fields are folded away."""

from __future__ import annotations

from textual.message import Message

from tui.ink import Line
from tui.widgets.fixed_lines import FixedLines
from tui.wording import number_of


class FormFold(FixedLines, can_focus=True):
    """Says how many fields are folded away, and how many of them say something."""

    class Turned(Message):
        """It was folded open, or together."""

    def __init__(self) -> None:
        super().__init__(id="form-fold")
        self.is_open = False
        self._fields, self._said = 0, 0

    def tell(self, fields: int, said: int) -> None:
        """Say how many fields there are, and how many of them say something."""
        self._fields, self._said = fields, said
        self._paint()

    def turn(self) -> None:
        """Fold it open, or together."""
        self.is_open = not self.is_open
        self._paint()
        self.post_message(self.Turned())

    def on_mount(self) -> None:
        """Show it."""
        self._paint()

    def on_focus(self) -> None:
        """Mark that the keys act here."""
        self._paint()

    def on_blur(self) -> None:
        """Take the mark away."""
        self._paint()

    def on_click(self) -> None:
        """Turn."""
        self.turn()

    def _paint(self) -> None:
        self.show([self._line()])

    def _line(self) -> Line:
        focused = self.has_focus
        said = f", {self._said} of them set" if self._said else ""
        return [
            ("▌" if focused else " ", "accent"),
            ("▾ " if self.is_open else "▸ ", "accent"),
            ("fewer" if self.is_open else "more", "strong" if focused else "plain"),
            (f"  {number_of(self._fields, 'setting')}{said}", "dim"),
        ]
