"""Words with a meaning instead of colours: a line is spans of text, each in an ink.

What is shown is put together as plain spans, which tests can read; only `tui.widgets.inked` turns
inks into colours, by the style sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from store import job_status

Ink = Literal[
    "plain",
    "strong",
    "dim",
    "faint",
    "accent",
    "good",
    "warn",
    "bad",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "key",
    "tab",
    "title",
    "past",
]
Span = tuple[str, Ink]
Line = Sequence[Span]

INKS: tuple[Ink, ...] = get_args(Ink)


@dataclass(frozen=True, slots=True)
class Look:
    """How a job's status is shown: never by colour alone."""

    glyph: str
    ink: Ink
    word: str


_LOOKS = {
    job_status.PLANNED: Look("·", "dim", "planned"),
    job_status.VALIDATING: Look("◌", "dim", "checking files"),
    job_status.QUEUED: Look("○", "dim", "queued"),
    job_status.RUNNING: Look("●", "accent", "running"),
    job_status.PAUSED: Look("‖", "warn", "paused"),
    job_status.INTERRUPTED: Look("!", "warn", "interrupted"),
    job_status.SUCCEEDED: Look("✓", "good", "succeeded"),
    job_status.FAILED: Look("✗", "bad", "failed"),
    job_status.CANCELLED: Look("⊘", "dim", "cancelled"),
}


def look(status: str) -> Look:
    """Return the look of a status, also of one that a newer ftlab recorded."""
    return _LOOKS.get(status) or Look("?", "warn", status)


def text_of(line: Line) -> str:
    """Return a line's text without its inks."""
    return "".join(text for text, _ in line)


def joined(pieces: Iterable[Line], width: int, gap: str = "  ") -> list[Span]:
    """Return as many pieces as fit into a line of so many characters, with gaps between them."""
    line: list[Span] = []
    room = width
    for piece in pieces:
        text = text_of(piece)
        if not text:
            continue
        needed = len(text) + (len(gap) if line else 0)
        if needed > room:
            break
        if line:
            line.append((gap, "plain"))
        line.extend(piece)
        room -= needed
    return line
