"""Which cells differ between what is shown and what is to be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip


def changed_cells(
    before: Sequence[Strip], after: Sequence[Strip], width: int, *, first: int = 0
) -> list[Region]:
    """Return the regions that must be repainted, at most one a line.

    Args:
        before: the lines that are shown.
        after: the lines to show instead.
        width: how wide the widget is.
        first: the row of the first line.
    """
    regions = []
    for row, (old, new) in enumerate(zip_longest(before, after), start=first):
        start, end = _span(old, new, width)
        if start < end:
            regions.append(Region(start, row, end - start, 1))
    return regions


def _span(old: Strip | None, new: Strip | None, width: int) -> tuple[int, int]:
    """Return the cells from the first to past the last that differ."""
    if old is None or new is None:
        return 0, width
    if old is new or old == new:
        return 0, 0
    old_cells, new_cells = list(_cells(old)), list(_cells(new))
    if old_cells == new_cells:
        return 0, 0
    if len(old_cells) != old.cell_length or len(new_cells) != new.cell_length:
        # Characters that join into one are not told apart: the line is repainted whole.
        return 0, width
    start = next(
        (place for place, (a, b) in enumerate(zip(old_cells, new_cells, strict=False)) if a != b),
        min(len(old_cells), len(new_cells)),
    )
    if len(old_cells) != len(new_cells):
        return min(start, width), width
    same_end = next(
        place
        for place, (a, b) in enumerate(zip(old_cells[::-1], new_cells[::-1], strict=True))
        if a != b
    )
    return min(start, width), min(len(new_cells) - same_end, width)


def _cells(strip: Strip) -> Iterator[tuple[str, Style | None]]:
    """Yield what is in each cell; the second cell of a wide character is empty."""
    for text, style, _ in strip:
        for character in text:
            yield character, style
            yield from [("", style)] * (cell_len(character) - 1)
