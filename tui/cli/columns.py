"""Texts side by side in columns, each broken into lines of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.formats import fit
from tui.wrapping import wrap

_GAP = " │ "
_LEAST_CELLS = 32


@dataclass(slots=True)
class Column:
    """A heading, a text that grows, and a last word on it."""

    heading: str
    text: str = ""
    foot: str = ""


def have_room(count: int, width: int) -> bool:
    """Tell whether so many columns can be read in a terminal of so many cells."""
    return count > 1 and _cells(count, width) >= _LEAST_CELLS


def heading(columns: Sequence[Column], width: int) -> str:
    """Return the line of the headings."""
    return _set([column.heading for column in columns], _cells(len(columns), width))


def body(columns: Sequence[Column], width: int, height: int | None = None) -> list[str]:
    """Return the lines of the columns side by side.

    Args:
        columns: what to set.
        width: of the terminal, in cells.
        height: the most lines; of a column that has more its last ones are shown.
    """
    cells = _cells(len(columns), width)
    texts = [_lines(column, cells) for column in columns]
    if height is not None:
        texts = [lines[max(0, len(lines) - height) :] for lines in texts]
    rows = range(max(map(len, texts), default=0))
    return [
        _set([lines[row] if row < len(lines) else "" for lines in texts], cells) for row in rows
    ]


def _lines(column: Column, cells: int) -> list[str]:
    lines = wrap(column.text.strip(), cells) if column.text.strip() else []
    return lines + (["", *wrap(column.foot, cells)] if column.foot else [])


def _cells(count: int, width: int) -> int:
    return (width - len(_GAP) * (count - 1)) // count


def _set(texts: Sequence[str], cells: int) -> str:
    return _GAP.join(fit(text, cells) for text in texts).rstrip()
