"""Breaking spans of text into lines of so many cells, between words where that is possible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len

from tui.ink import Ink, Span

_PIECES = re.compile(r"\n|[^\S\n]+|\S+")
LEAST = 4
"""Cells that a line has at least, however little room there is."""

Word = list[Span]


def wrapped(spans: Iterable[Span], width: int) -> list[list[Span]]:
    """Return the spans in lines of at most so many cells; a line break in a span is kept.

    Blanks between words become one; a word that is too long for a line is broken.
    """
    return _Lines(max(LEAST, width)).of(spans)


def chopped(spans: Iterable[Span], width: int) -> list[list[Span]]:
    """Return one line of code in lines of at most so many cells, with every blank of it."""
    lines = _Lines(max(LEAST, width))
    for text, ink in spans:
        lines.fill(text, ink)
    return lines.finished()


def spans_width(spans: Sequence[Span]) -> int:
    """Return how many cells spans take."""
    return sum(cell_len(text) for text, _ in spans)


class _Lines:
    """Lines that are filled one after the other.

    Args:
        width: the cells of a line.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[list[Span]] = []
        self._line: list[Span] = []
        self._cells = 0

    def of(self, spans: Iterable[Span]) -> list[list[Span]]:
        """Fill lines with the words of spans."""
        word: Word = []
        blank: Ink | None = None
        for text, ink in spans:
            for piece in _PIECES.findall(text):
                if not piece.isspace():
                    word.append((piece, ink))
                    continue
                self._put(word, blank)
                word, blank = [], ink
                if piece == "\n":
                    self.end()
                    blank = None
        self._put(word, blank)
        return self.finished()

    def _put(self, word: Word, blank: Ink | None) -> None:
        if not word:
            return
        cells = spans_width(word)
        space = 1 if blank is not None and self._line else 0
        if self._cells + space + cells > self._width and cells <= self._width:
            self.end()
            space = 0
        if space and self._cells < self._width:
            self._add(" ", blank or "plain", 1)
        if self._cells + cells <= self._width:
            for text, ink in word:
                self._add(text, ink, cell_len(text))
            return
        for text, ink in word:
            self.fill(text, ink)

    def fill(self, text: str, ink: Ink) -> None:
        """Fill lines with a text, broken wherever a line is full."""
        cells = cell_len(text)
        if self._cells + cells <= self._width:
            self._add(text, ink, cells)
            return
        begun = 0
        for place, character in enumerate(text):
            size = _size(character)
            if self._cells + size > self._width:
                self._append(text[begun:place], ink)
                self.end()
                begun = place
            self._cells += size
        self._append(text[begun:], ink)

    def _add(self, text: str, ink: Ink, cells: int) -> None:
        self._append(text, ink)
        self._cells += cells

    def _append(self, text: str, ink: Ink) -> None:
        if not text:
            return
        if self._line and self._line[-1][1] == ink:
            self._line[-1] = (self._line[-1][0] + text, ink)
        else:
            self._line.append((text, ink))

    def end(self) -> None:
        """Begin the next line."""
        self._lines.append(self._line)
        self._line, self._cells = [], 0

    def finished(self) -> list[list[Span]]:
        """Return all lines, at least one."""
        if self._line or not self._lines:
            self.end()
        return self._lines


@lru_cache(maxsize=4096)
def _size(character: str) -> int:
    return cell_len(character)
