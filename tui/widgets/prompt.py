"""Where a question is written: of several lines, with what was pasted kept aside if it is long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from tui.formats import count

_LONG_PASTE = 2_000
"""Characters; what is longer stands in the line by its size, and is sent whole."""

_OF_SCREEN = frozenset({"pageup", "pagedown"})
_KEPT_QUESTIONS = 50


class Prompt(TextArea, inherit_bindings=False):
    """Takes a question; keys that send it or begin a line are the screen's.

    Attributes:
        asked: the questions that `up` brings back, the oldest first.
        takes_long_pastes: however long a text is, it is only kept aside.
    """

    takes_long_pastes = True

    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in TextArea.BINDINGS
        if isinstance(binding, Binding) and binding.key not in _OF_SCREEN
    ]

    def __init__(self, placeholder: str) -> None:
        super().__init__(
            id="chat-input",
            placeholder=placeholder,
            highlight_cursor_line=False,
            max_checkpoints=20,
        )
        self.asked: list[str] = []
        self._recalled = 0
        self._pastes: dict[str, str] = {}

    @property
    def question(self) -> str:
        """What was written, with what was pasted."""
        text = self.text
        for mark, pasted in self._pastes.items():
            text = text.replace(mark, pasted)
        return text.strip()

    def take(self) -> str:
        """Return the question, and be ready for the next."""
        question, shown = self.question, self.text.strip()
        if len(question) <= _LONG_PASTE:
            self.asked = [*self.asked, shown][-_KEPT_QUESTIONS:]
        self._pastes.clear()
        self._recalled = 0
        self.load_text("")
        return question

    def know(self, questions: Sequence[str]) -> None:
        """Have `up` bring back questions that were asked before."""
        short = [question for question in questions if len(question) <= _LONG_PASTE]
        self.asked = [*short, *self.asked][-_KEPT_QUESTIONS:]

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            # It sends; the screen hears it.
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        """Keep a long text aside: set in lines, a megabyte of it would stop the keys."""
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        event.prevent_default()
        event.stop()
        if len(text) <= _LONG_PASTE:
            self._insert(text)
            return
        mark = f"[pasted {len(self._pastes) + 1}: {count(len(text))} characters]"
        self._pastes[mark] = text
        self._insert(mark)

    def _insert(self, text: str) -> None:
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def new_line(self) -> None:
        """Begin a line where the cursor is."""
        self._insert("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a line; from the first one, back to what was asked before."""
        if select or self.cursor_location[0] > 0 or not self._may_recall():
            super().action_cursor_up(select)
            return
        self._recall(self._recalled + 1)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a line; from the last one, forward in what was asked before."""
        last = self.document.line_count - 1
        if select or self.cursor_location[0] < last or not self._recalled:
            super().action_cursor_down(select)
            return
        self._recall(self._recalled - 1)

    def _may_recall(self) -> bool:
        """Tell whether nothing would be lost: only what was brought back is in the line."""
        shown = self.asked[-self._recalled] if self._recalled else ""
        return self.text == shown and self._recalled < len(self.asked)

    def _recall(self, back: int) -> None:
        self._recalled = back
        self.load_text(self.asked[-back] if back else "")
        self.move_cursor(self.document.end)
