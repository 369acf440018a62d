"""What goes on in a chat, and how its models are asked: two rows over what is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.money import dollars
from tui.chat_settings import ChatSettings, in_words
from tui.formats import fit
from tui.ink import Ink, Line, Span
from tui.widgets.fixed_lines import FixedLines
from tui.wording import number_of

if TYPE_CHECKING:
    from tui.widgets.chat_column import ChatColumn


_BESIDE_NAME = 4
"""Cells of the glyph and the blanks beside a model's name."""


class ChatState(FixedLines):
    """Says what goes on over the settings that every question is asked with."""

    def __init__(self) -> None:
        super().__init__(id="chat-state")
        self._words: Line = []
        self._hint = ""
        self._settings = ""

    def set_up(self, settings: ChatSettings) -> None:
        """Show settings."""
        self._settings = in_words(settings)
        self._show()

    def busy(self, words: str) -> None:
        """Say what takes time, beside the hint that waits for its end."""
        hint: Line = [(f"{self._hint} · ", "warn")] if self._hint else []
        self._say([*hint, (words, "accent")])

    def hint(self, words: str) -> None:
        """Say what a key did not do."""
        self._say([(words, "warn")])

    def keep_hint(self, words: str) -> None:
        """Say what a key did not do until nothing is going on any more, or it is dismissed."""
        self._hint = words

    def dismiss_hint(self) -> bool:
        """Take away the hint that is kept; tell whether there was one."""
        dismissed, self._hint = bool(self._hint), ""
        return dismissed

    def at_rest(self, words: Sequence[str], columns: Sequence[ChatColumn], *, bad: bool) -> None:
        """Say that nothing is going on, and what was used so far."""
        self._hint = ""
        ink: Ink = "bad" if bad else "dim"
        self._say([(" · ".join([*words, *in_all(columns)]), ink)])

    def _say(self, words: Line) -> None:
        self._words = words
        self._show()

    def on_resize(self) -> None:
        """Fit the settings to the row."""
        self._show()

    def _show(self) -> None:
        settings: Span = (fit(self._settings, max(0, self.size.width - 2)).rstrip(), "faint")
        self.show([[(" ", "plain"), *self._words], [(" ", "plain"), settings]])


def in_all(columns: Sequence[ChatColumn]) -> list[str]:
    """Return what the conversation took so far: answers, tokens, money."""
    turns = sum(column.turns for column in columns)
    tokens = sum(column.tokens for column in columns)
    if turns < 2:
        return []
    costs = [column.cost for column in columns if column.cost is not None]
    told = [f"in all {number_of(turns, 'answer')}", f"{tokens:,} tokens" if tokens else ""]
    return [word for word in [*told, dollars(sum(costs)) if costs else ""] if word]


def head_line(columns: Sequence[ChatColumn], active: ChatColumn, width: int) -> Line:
    """Return the names of models with how each does, in so many cells; the active stands out.

    A model alone has room for its base model, too.
    """
    line: list[Span] = []
    room = max(1, width // len(columns) - _BESIDE_NAME)
    for column in columns:
        glyph, ink = column.span
        partner = column.partner
        name = partner.title if len(columns) == 1 else partner.name
        shown = fit(name, min(room, cell_len(name)))
        line += [(f" {glyph} ", ink), (shown, "tab" if column is active else "dim"), (" ", "dim")]
    return line
