"""A button of a form."""

from __future__ import annotations

from textual.message import Message

from tui.widgets.fixed_lines import FixedLines


class FormButton(FixedLines, can_focus=True):
    """Does what it is called, on enter and on a click.

    Args:
        label: what it is called.
    """

    class Pressed(Message):
        """It was pressed."""

    def __init__(self, label: str) -> None:
        super().__init__(id="form-button")
        self._label = label

    def press(self) -> None:
        """Press it."""
        self.post_message(self.Pressed())

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
        """Press it."""
        self.press()

    def _paint(self) -> None:
        focused = self.has_focus
        mark = "▌" if focused else " "
        self.show([[(mark, "accent"), (f" {self._label} ", "title" if focused else "key")]])
