"""The first row: which database is open, and how many jobs there are of each status."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.cells import cell_len

from store.job_status import ACTIVE, ENDED
from tui.formats import count, fit
from tui.ink import Line, Span, look, text_of
from tui.widgets.fixed_lines import FixedLines

_SHOWN_ALWAYS_FROM = 100


class TitleLine(FixedLines):
    """Names the program, the place and the counts.

    Args:
        place: the database's path, or what else the screen is about.
        is_past: whether that is long ago, which is marked clearly.
    """

    def __init__(self, place: str, *, is_past: bool = False) -> None:
        super().__init__(id="title")
        self._place = place
        self._is_past, self._past = is_past, ""
        self._counts: Mapping[str, int] = {}

    def on_mount(self) -> None:
        """Mark the past on every screen that shows it."""
        past = getattr(self.app, "as_of", None)
        if past and not self._is_past:
            self._is_past, self._past = True, f"{past} · "

    def name_place(self, place: str) -> None:
        """Show another place."""
        self._place = place
        self.on_resize()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many jobs there are of each status."""
        self._counts = counts
        self.on_resize()

    def on_resize(self) -> None:
        """Fit the title to the row."""
        place = self._past + self._place
        self.show([title(place, self._counts, self.size.width, is_past=self._is_past)])


def title(place: str, counts: Mapping[str, int], width: int, *, is_past: bool = False) -> Line:
    """Return the title in so many cells: the counts stay whole, the place is cut from the left."""
    right = _counted(counts, words=width >= _SHOWN_ALWAYS_FROM)
    left: list[Span] = [(" PAST ", "past") if is_past else (" ftlab ", "title")]
    room = width - cell_len(text_of(left)) - cell_len(text_of(right)) - 2
    shown = fit(place, min(room, cell_len(place))) if is_past else _cut_left(place, room)
    gap = max(0, room - cell_len(shown)) + 1
    return [*left, (f" {shown}", "warn" if is_past else "dim"), (" " * gap, "plain"), *right]


def _counted(counts: Mapping[str, int], *, words: bool) -> list[Span]:
    known = [*ACTIVE, *ENDED]
    line: list[Span] = []
    for status in [*known, *sorted(set(counts) - set(known))]:
        if number := counts.get(status, 0):
            shown = look(status)
            line.append((f"{shown.glyph} ", shown.ink))
            line.append(
                (f"{count(number)} {shown.word}   " if words else f"{count(number)}  ", "dim")
            )
    return line


def _cut_left(text: str, room: int) -> str:
    if cell_len(text) <= room:
        return text
    return "…" + text[len(text) - room + 1 :] if room > 4 else ""


def homely(path: Path) -> str:
    """Return a path with the home folder as `~`, as people write it."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
