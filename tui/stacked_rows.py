"""Texts of several rows below each other, with blank rows between them that line them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.strip import Strip


class StackedRows:
    """The rows of a transcript, and which of them are whose.

    Attributes:
        rows: all of them, from the top.
        starts: where each text begins, after the blank rows before it.
        pads: how many blank rows stand before which text, by its place.
    """

    def __init__(self) -> None:
        self.rows: list[Strip] = []
        self.starts: list[int] = []
        self.pads: Mapping[int, int] = {}

    def laid(self, texts: Sequence[Sequence[Strip]], blank: Strip) -> list[Strip]:
        """Take the places of texts; return their rows, which are to be changed to."""
        rows: list[Strip] = []
        self.starts = []
        for place, text in enumerate(texts):
            rows += [blank] * self.pads.get(place, 0)
            self.starts.append(len(rows))
            rows += text
        return rows

    def range(self, place: int) -> tuple[int, int]:
        """Return the first row of a text and the one past its last; none where there is no text."""
        if place >= len(self.starts):
            return 0, 0
        following = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.rows)
        return self.starts[place], following - self.pads.get(place + 1, 0)

    def text(self, place: int) -> list[Strip]:
        """Return the rows of a text."""
        first, end = self.range(place)
        return self.rows[first:end]
