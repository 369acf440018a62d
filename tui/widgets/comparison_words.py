"""Two texts held against each other word by word, broken into lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rich.console import Console
from rich.text import Text

from engine.data.differences import Span, word_spans
from tui.harmless import harmless
from tui.ink import Line

_MARK = "bold"
_LEAST = 8


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of a text.

    Attributes:
        line: its spans.
        is_marked: whether it has words that the other text does not.
    """

    line: Line
    is_marked: bool = False


def clean(text: str) -> str:
    """Return a text that a terminal shows and does not obey; its line breaks stay."""
    return "\n".join(harmless(line) for line in text.strip().splitlines())


def added(before: str, after: str) -> list[Span]:
    """Return the stretches of the second text: what it has in common with the first, and not."""
    return [span for span in word_spans(before, after) if span.mark != "removed"]


def words_in(spans: Sequence[Span]) -> int:
    """Return how many words of the second text the first does not have."""
    return sum(len(span.text.split()) for span in spans if span.mark == "added")


def marked_lines(spans: Sequence[Span], width: int) -> list[MarkedLine]:
    """Break a text into lines of so many cells, the marks of its words kept."""
    text = Text()
    for span in spans:
        text.append(span.text, _MARK if span.mark == "added" else "")
    lines = []
    for line in text.split("\n", allow_blank=True):
        lines += [_line(part) for part in line.wrap(_console(), max(_LEAST, width))] or [
            MarkedLine(())
        ]
    return lines


def _line(part: Text) -> MarkedLine:
    part.rstrip()
    spans: list[tuple[str, bool]] = []
    marked = {
        place for span in part.spans if span.style == _MARK for place in range(span.start, span.end)
    }
    for place, character in enumerate(part.plain):
        is_marked = place in marked
        if spans and spans[-1][1] == is_marked:
            spans[-1] = (spans[-1][0] + character, is_marked)
        else:
            spans.append((character, is_marked))
    return MarkedLine(
        [(text, "warn" if is_marked else "plain") for text, is_marked in spans],
        any(is_marked and text.strip() for text, is_marked in spans),
    )


@cache
def _console() -> Console:
    return Console()
