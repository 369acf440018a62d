"""Breaking text into lines of so many cells, between words where that is possible."""

from __future__ import annotations

from functools import cache

from rich.console import Console
from rich.text import Text

from tui.harmless import harmless
from tui.ink import Ink, Line


def wrap(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` cells; its own line breaks stay."""
    width = max(8, width)
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        wrapped = Text(harmless(line)).wrap(_console(), width)
        lines += [part.plain.rstrip() for part in wrapped] or [""]
    return lines


@cache
def _console() -> Console:
    return Console()


def sentence(words: str, width: int, ink: Ink) -> list[Line]:
    """Return a sentence in lines of so many cells."""
    return [[(line, ink)] for line in wrap(words, width)]
