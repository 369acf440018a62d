"""Everything about the selected model: lines, some of which lead to a job or another model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.actions import bindings
from tui.background import Background, Failure
from tui.ink import Line
from tui.model_book import ModelBook
from tui.model_facts import ModelFacts, model_facts
from tui.model_lines import Link, LinkedLine, model_lines
from tui.widgets.row_list import RowList
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab


class ModelPanel(RowList, Background):
    """Shows one model version in full, read in the background.

    Args:
        lab: where to read.
        now: tells the time.
    """

    BINDINGS = bindings("model")

    @dataclass
    class WasRead(Message):
        """What is known of a model was read; None if there is none of this id."""

        model: str
        facts: ModelFacts | None

    @dataclass
    class Opened(Message):
        """Somebody wants to see what a line leads to; None if it leads nowhere."""

        link: Link | None

    def __init__(self, lab: Lab, now: Callable[[], datetime]) -> None:
        super().__init__(id="model-panel")
        self._lab, self._now = lab, now
        self.model: str | None = None
        self.facts: ModelFacts | None = None
        self.lines: Sequence[LinkedLine] = ()

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self.lines)

    def row(self, place: int, width: int) -> Line:
        """Return a line."""
        del width
        return self.lines[place].line

    @property
    def shown(self) -> str | None:
        """The id of the model that is shown."""
        return None if self.facts is None else self.facts.item.row.id

    def look(self, book: ModelBook, model: str | None) -> None:
        """Show a model, or read it again; what was shown stays until that is read."""
        self.model = model
        if model is None:
            self.facts = None
            self._show(())
            return
        self.in_background(
            "facts", lambda: self.WasRead(model, model_facts(self._lab, book, model))
        )

    def say(self, lines: Sequence[Line]) -> None:
        """Show something else than a model."""
        self.model = self.facts = None
        self._show([LinkedLine(line) for line in lines])

    def on_model_panel_was_read(self, message: WasRead) -> None:
        """Show what was read, unless another model is looked at by now."""
        if message.model != self.model:
            return
        fresh = message.model != self.shown
        self.facts = message.facts
        self._show_facts(fresh=fresh)

    def _show_facts(self, *, fresh: bool = False) -> None:
        if self.facts is not None and self.size:
            lines = model_lines(self.facts, self.room, self._now())
            self._show(lines, fresh=fresh)

    def _show(self, lines: Sequence[LinkedLine], *, fresh: bool = True) -> None:
        before = self.in_sight()
        self.lines = lines
        self.rows_changed(before, 0 if fresh else self.cursor, 0 if fresh else None)

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the lines to the new size."""
        self._show_facts()

    def on_row_list_cursor_moved(self, message: RowList.CursorMoved) -> None:
        """Keep to oneself which line is looked at."""
        message.stop()

    def work_failed(self, failure: Failure) -> None:
        """Say in the panel itself that it could not be read."""
        self.facts = None
        words = wrap(f"Could not be read: {failure.words}", self.room)
        self._show([LinkedLine([(line, "bad")]) for line in words])

    def action_open_line(self) -> None:
        """Show what the line under the cursor leads to."""
        if self.cursor < len(self.lines):
            self.post_message(self.Opened(self.lines[self.cursor].link))

    def render_line(self, y: int) -> Strip:
        """Return a row of cells: the cursor's line stands out only where somebody moves it."""
        if self.has_focus:
            return super().render_line(y)
        place = y + self.scroll_offset.y
        if place >= self.row_count:
            return Strip.blank(self.size.width, self.rich_style)
        strip = self.strip([(" ", "plain"), *self.lines[place].line])
        return strip.crop_extend(0, self.size.width, None).apply_style(self.rich_style)
