"""Titles above a table ("Survey 2024", "Exported on …"), which are no header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.data.reading.rows import excerpt

MOST_TITLES = 10
"""How many rows above a header are looked at."""

_SURELY_WIDE = 3
_LONGEST_NAME = 60
_NAME = re.compile(r"\S*\w")
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
_EMPTY = ("", None)


class NumberedRow(NamedTuple):
    """A row of a table.

    Attributes:
        number: where it stands, from 1.
        cells: its cells.
    """

    number: int
    cells: Sequence[Any]

    @property
    def filled(self) -> list[int]:
        """The places of the cells that hold something."""
        return [place for place, cell in enumerate(self.cells) if cell not in _EMPTY]

    @property
    def said(self) -> str:
        """What the row says, as one text."""
        return " ".join(str(self.cells[place]) for place in self.filled)


def header_among(rows: Sequence[NumberedRow]) -> int:
    """Return which of a table's first rows is the header: the first one, unless that is a title.

    A title is the only cell of its row, above a row of names that begins no further to the left. In
    a narrow table it has to be of several words, or a blank row has to follow: a column without a
    name may stand beside the only one that has a name.
    """
    place = next((place for place, row in enumerate(rows) if len(row.filled) > 1), 0)
    titles, header = [row for row in rows[:place] if row.filled], rows[place : place + 2]
    if not titles or len(header) == 1:
        return 0
    names, left = header[0].filled, max(title.filled[0] for title in titles)
    if left > names[0] or not are_names([header[0].cells[name] for name in names]):
        return 0
    apart = header[0].number - titles[0].number > len(titles)
    sure = apart or len(names) >= _SURELY_WIDE or is_phrase(titles[0].said)
    return place if sure else 0


def are_names(cells: Sequence[Any]) -> bool:
    """Tell whether cells can be a header: short texts, all different, none a number."""
    return len(set(map(str, cells))) == len(cells) and all(
        isinstance(cell, str)
        and len(cell) <= _LONGEST_NAME
        and _NAME.match(cell)
        and not _NUMBER.fullmatch(cell)
        for cell in cells
    )


def is_phrase(title: str) -> bool:
    """Tell whether a title is of several words, as the name of a column seldom is."""
    return " " in title.strip()


def passed_over(title: str, place: str, start: int, end: int) -> str:
    """Say that rows were taken for titles.

    Args:
        title: what they say.
        place: what their numbers count ("line").
        start: the number of the first.
        end: the number of the last.
    """
    where = f"{place} {start} is" if start == end else f"{place}s {start} to {end} are"
    return f"{where} passed over, as above the header: '{excerpt(title, 40)}'"
