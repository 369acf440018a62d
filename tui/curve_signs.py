"""Numbers on curves, so that they are told apart where there are no colours, or none to be seen."""

from __future__ import annotations

from collections.abc import Sequence

from tui.ink import Ink, Line

_APART = 24
"""Columns from one number to the next on the same curve."""

_BRAILLE = range(0x2801, 0x2900)

_Cell = tuple[str, Ink]


def sign(inks: Sequence[Ink], ink: Ink) -> str:
    """Return the number of the curve that is drawn in an ink."""
    return str(inks.index(ink) + 1)


def with_signs(lines: Sequence[Line], left: int, inks: Sequence[Ink]) -> list[Line]:
    """Return a chart with the number of each curve on it, wherever it lies on top.

    Args:
        lines: the chart, in braille dots.
        left: the column in which the curves begin.
        inks: those of the curves, the first curve's first.
    """
    rows = [[(character, ink) for text, ink in line for character in text] for line in lines]
    columns = max((len(row) for row in rows), default=0)
    for number, ink in enumerate(inks):
        begin = left + _APART // 2 + number * _APART // len(inks)
        for column in range(begin, columns, _APART):
            _sign(rows, ink, column, sign(inks, ink))
    return [_line(row) for row in rows]


def _sign(rows: list[list[_Cell]], ink: Ink, column: int, text: str) -> None:
    """Write a number where a curve passes a column, or the nearest one near it."""
    near = sorted(range(column - 2, column + 3), key=lambda place: abs(place - column))
    for place in near:
        for row in rows:
            if place < len(row) and row[place][1] == ink and ord(row[place][0]) in _BRAILLE:
                row[place] = (text, ink)
                return


def _line(row: Sequence[_Cell]) -> Line:
    spans: list[tuple[str, Ink]] = []
    for character, ink in row:
        if spans and spans[-1][1] == ink:
            spans[-1] = (spans[-1][0] + character, ink)
        else:
            spans.append((character, ink))
    return spans
