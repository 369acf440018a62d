"""Tables in the cells that there are: narrower columns, then a row as lines of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from tui.ink import Line, Span
from tui.markdown.inlines import spans_of
from tui.markdown.spans import spans_width, wrapped

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_BETWEEN = " │ "
_LEAST = 6
"""Cells of a column that can still be read."""

Cell = list[Span]
Row = list[Cell]


def table_lines(node: SyntaxTreeNode, width: int) -> list[Line]:
    """Return a table in lines of at most so many cells."""
    rows = _rows(node)
    if not rows:
        return []
    columns = max(map(len, rows))
    rows = [[*row, *[[] for _ in range(columns - len(row))]] for row in rows]
    widths = _widths(rows, width - len(_BETWEEN) * (columns - 1))
    if widths is None:
        return _listed(rows, width)
    sides = _sides(node, columns)
    lines = _row_lines(rows[0], widths, sides)
    lines.append([("─┼─".join("─" * cells for cells in widths), "faint")])
    for row in rows[1:]:
        lines += _row_lines(row, widths, sides)
    return lines


def _rows(node: SyntaxTreeNode) -> list[Row]:
    rows: list[Row] = []
    for part in node.children:
        ink = "strong" if part.type == "thead" else "plain"
        rows += [
            [spans_of(cell, "strong" if ink == "strong" else "plain") for cell in row.children]
            for row in part.children
        ]
    return rows


def _sides(node: SyntaxTreeNode, columns: int) -> list[str]:
    head = node.children[0].children[0].children
    styles = [str(cell.attrs.get("style", "")) for cell in head]
    sides = [style.removeprefix("text-align:") for style in styles]
    return [*sides, *[""] * (columns - len(sides))]


def _widths(rows: Sequence[Row], room: int) -> list[int] | None:
    """Share the cells out: the widest columns give way first; None if nothing could be read."""
    wanted = [max(1, *(spans_width(cell) for cell in column)) for column in zip(*rows, strict=True)]
    if sum(min(cells, _LEAST) for cells in wanted) > room:
        return None
    limit = max(wanted)
    while sum(min(cells, limit) for cells in wanted) > room:
        limit -= 1
    return [min(cells, limit) for cells in wanted]


def _row_lines(row: Row, widths: Sequence[int], sides: Sequence[str]) -> list[Line]:
    cells = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines: list[Line] = []
    for parts in zip_longest(*cells):
        line: list[Span] = []
        for place, (part, width, side) in enumerate(zip(parts, widths, sides, strict=True)):
            if place:
                line.append((_BETWEEN, "faint"))
            line += _aligned(part or [], width, side)
        lines.append(line)
    return lines


def _aligned(cell: Cell, width: int, side: str) -> list[Span]:
    missing = max(0, width - spans_width(cell))
    left = {"right": missing, "center": missing // 2}.get(side, 0)
    return [(" " * left, "plain"), *cell, (" " * (missing - left), "plain")]


def _listed(rows: Sequence[Row], width: int) -> list[Line]:
    """Return a table that is too wide row by row, each cell after the title of its column."""
    titles, *rest = rows
    lines: list[Line] = []
    for row in rest or [titles]:
        for title, cell in zip(titles, row, strict=True):
            named: list[Span] = [*title, (": ", "dim"), *cell] if rest else cell
            lines += wrapped(named, width)
        lines.append([])
    return lines[:-1]
