"""A dialog in which something is written."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.actions import bindings
from tui.harmless import harmless


class Ask(ModalScreen[str | None]):
    """Lets somebody write a line; gives it, or nothing if the dialog was left.

    Args:
        asked: what is asked for.
        hint: an example.
        why_not: says why something written will not do; None if it does.
        written: what stands there at first.
    """

    BINDINGS = bindings("ask")

    def __init__(
        self,
        asked: str,
        hint: str = "",
        why_not: Callable[[str], str | None] = lambda _text: None,
        written: str = "",
    ) -> None:
        super().__init__()
        self._asked, self._hint, self._why_not = harmless(asked), harmless(hint), why_not
        self._written = written

    def compose(self) -> ComposeResult:
        """Put what is asked over the line to write in, and what is wrong with it under it."""
        with Vertical(id="ask"):
            yield Static(Content(self._asked), id="asked")
            yield Input(self._written, id="ask-input", compact=True)
            yield Static(Content(self._hint), id="told")

    def on_mount(self) -> None:
        """Let somebody write."""
        written = self.query_one(Input)
        written.cursor_blink = False
        written.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give what was written, or say why it will not do."""
        event.stop()
        text = event.value.strip()
        if not text:
            self._tell(Content(self._hint))
        elif (wrong := self._why_not(text)) is None:
            self.dismiss(text)
        else:
            self._tell(Content.assemble(("✗ ", "$text-error"), harmless(wrong)))

    def _tell(self, content: Content) -> None:
        self.query_one("#told", Static).update(content)

    def action_leave(self) -> None:
        """Write nothing."""
        self.dismiss(None)
