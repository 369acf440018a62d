"""Models of a chat side by side where there is room, else one at a time."""

from __future__ import annotations

from textual import events

from tui.alignment import pads
from tui.screens.listening import Listening
from tui.widgets.chat_column import ChatColumn
from tui.widgets.chat_state import head_line
from tui.widgets.title_line import TitleLine
from tui.widgets.transcript import Transcript

_LEAST_CELLS = 38
"""Cells of a column; with less the models are shown one at a time."""


class SideBySide(Listening):
    """A chat that lays its columns out, and knows which of the models is looked at."""

    _active: ChatColumn
    _abreast = False

    @property
    def transcript(self) -> Transcript:
        """That of the model that is looked at."""
        return self._active.transcript

    def on_resize(self, _event: events.Resize) -> None:
        """Put the models beside each other if there is room."""
        self.lay_out()

    def lay_out(self) -> None:
        """Show all models, or where it is narrow the one that is looked at."""
        count = len(self.columns)
        self._abreast = count > 1 and self.size.width // count >= _LEAST_CELLS
        for column in self.columns:
            column.display = self._abreast or column is self._active
            column.head.display = count > 1
            column.set_class(self._abreast and column is not self.columns[0], "-beside")
        self.show_heads()
        names = " and ".join(column.partner.name for column in self.columns)
        title = self._active.partner.title if count == 1 else names
        self.query_one(TitleLine).name_place(f"chat with {title}")
        self.line_up()

    def on_stacked_texts_laid(self) -> None:
        """Line the answers up anew."""
        self.line_up()

    def line_up(self) -> None:
        """Begin the answers to one question in the same row, where models are side by side.

        The shorter ones end in blank rows, as many as leave their question in sight.
        """
        transcripts = self.transcripts
        if not self._abreast:
            for transcript in transcripts:
                transcript.line_up({})
                transcript.reach(0)
            return
        found = pads([transcript.stack for transcript in transcripts])
        for transcript, blank in zip(transcripts, found, strict=True):
            transcript.line_up(blank)
        longest = max(transcript.length for transcript in transcripts)
        for transcript in transcripts:
            transcript.reach(min(longest, transcript.last_start + transcript.size.height))

    def show_heads(self) -> None:
        """Say how the models do, over their transcripts."""
        for column in self.columns:
            shown = [column] if self._abreast else self.columns
            width = self.size.width // (len(self.columns) if self._abreast else 1)
            column.head.show([head_line(shown, self._active, width)])
