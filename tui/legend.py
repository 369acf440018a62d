"""What the curves of a chart are, and how they are drawn, above it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui.ink import Line, Span, joined, text_of

_GAP = 3


def legend_lines(entries: Sequence[Line], told: Sequence[str], width: int) -> list[Line]:
    """Return whose curve is which, in as many lines as that takes.

    Args:
        entries: what is told of each curve.
        told: what is told of the chart; what has no room is left out from the end.
        width: the cells of a line.
    """
    lines: list[list[Span]] = [[]]
    for entry in entries:
        used, needed = cell_len(text_of(lines[-1])), cell_len(text_of(entry))
        if used and used + _GAP + needed > width:
            lines.append([])
        elif used:
            lines[-1].append((" " * _GAP, "plain"))
        lines[-1] += entry
    right: Line = joined([[(text, "faint")] for text in told], max(0, width))
    if not right:
        return list(lines)
    free = width - cell_len(text_of(lines[-1])) - cell_len(text_of(right))
    if free < _GAP:
        lines.append([])
        free = width - cell_len(text_of(right))
    lines[-1] += [(" " * free, "plain"), *right]
    return list(lines)
