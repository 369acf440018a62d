"""A table with a column for each thing that is compared, of which some may be out of sight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

from tui.formats import fit
from tui.harmless import harmless
from tui.ink import Ink, Line, Span
from tui.wrapping import wrap

BEST = "★"

_GAP = 2
_LEAST_CELLS, _ENOUGH, _MOST_CELLS = 12, 20, 40
_LEAST_NAME, _MOST_NAME = 13, 28
_MOST_LINES = 3
_NAME_LINES = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row says of one thing.

    Attributes:
        text: what it says, in one line or several.
        ink: how it is painted.
        is_best: whether it is the best of its row, which a mark tells as well.
    """

    text: str
    ink: Ink = "plain"
    is_best: bool = False

    @property
    def marked(self) -> str:
        """The text with its mark at the end of its first line."""
        first, line_break, rest = self.text.partition("\n")
        return f"{first} {BEST}{line_break}{rest}" if self.is_best else self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name and what it says of each thing, in their order."""

    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading.

    Attributes:
        title: the heading; none if it is empty.
        rows: what stands under it.
        notes: sentences below them, over the whole width.
    """

    title: str
    rows: Sequence[Row] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a column: a name, and below it a glyph with a word or two."""

    name: str
    glyph: str
    words: str
    ink: Ink


@dataclass(frozen=True, slots=True)
class Layout:
    """How the cells of a line are shared out.

    Attributes:
        name: cells of the column of names.
        cells: of each other column, the gap before it apart.
        places: which columns are in sight.
        of: how many there are.
    """

    name: int
    cells: int
    places: range
    of: int

    def place_at(self, cell: int) -> int | None:
        """Return the column that a cell of a line belongs to; None for that of names."""
        number = (cell - self.name) // (self.cells + _GAP)
        return self.places[number] if 0 <= number < len(self.places) else None


def layout(width: int, columns: int, selected: int, first: int = 0, longest: int = 0) -> Layout:
    """Share so many cells out: as many columns as have room, the selected one among them.

    Args:
        width: the cells of a line.
        columns: how many there are.
        selected: the one that has to be in sight.
        first: the one that was the first in sight until now.
        longest: the cells of the longest name of a row, which gets them where no column in sight
            has less than it can do with for that.
    """
    name = max(_LEAST_NAME, min(_MOST_NAME, width // 4))
    if name <= longest:
        room = width - min(columns, (width - name) // (_LEAST_CELLS + _GAP)) * (_ENOUGH + _GAP)
        name = max(name, min(longest + 1, room, _MOST_NAME))
    shown = max(1, min(columns, (width - name) // (_LEAST_CELLS + _GAP)))
    cells = max(1, min(_MOST_CELLS, (width - name) // shown - _GAP))
    first = max(0, min(max(first, selected - shown + 1), selected, columns - shown))
    return Layout(name, cells, range(first, first + shown), columns)


def longest_name(sections: Iterable[Section]) -> int:
    """Return the cells of the longest name of a row."""
    names = (cell_len(row.name) for section in sections for row in section.rows)
    return max(names, default=0)


def head_lines(headings: Sequence[Heading], shared: Layout, selected: int) -> list[Line]:
    """Return what stands over the columns in sight; the selected one is marked."""
    names = {place: folded(headings[place].name, shared.cells) for place in shared.places}
    lines: list[list[Span]] = []
    for number in range(max(map(len, names.values()), default=1)):
        line: list[Span] = [(fit(_of_how_many(shared) if number == 0 else "", shared.name), "dim")]
        for place, name in names.items():
            chosen = place == selected
            mark = " ▸" if chosen and number == 0 else " " * _GAP
            text = name[number] if number < len(name) else ""
            line += [(mark, "accent"), (fit(text, shared.cells), "tab" if chosen else "strong")]
        lines.append(_without_end(line))
    words: list[Span] = [(" " * shared.name, "plain")]
    for place in shared.places:
        heading = headings[place]
        text = fit(f"{heading.glyph} {heading.words}".strip(), shared.cells)
        words += [(" " * _GAP, "plain"), (text, heading.ink)]
    return [*lines, _without_end(words)]


def _of_how_many(shared: Layout) -> str:
    if len(shared.places) == shared.of:
        return ""
    first, last = shared.places[0] + 1, shared.places[-1] + 1
    shown = f"{first}-{last}" if last > first else f"{first}"
    left, right = "←" if first > 1 else " ", "→" if last < shared.of else ""
    return f"{left} {shown} of {shared.of} {right}"


def folded(name: str, cells: int) -> list[str]:
    """Return a name in one line or two; of a longer one the middle is left out.

    What names of one experiment have in common is mostly their beginning.
    """
    name = harmless(name)
    if cell_len(name) <= cells:
        return [name]
    if cell_len(name) > _NAME_LINES * cells:
        name = _without_middle(name, _NAME_LINES * cells)
    first = set_cell_size(name, cells).rstrip()
    return [first, name[len(first) :].strip()]


def _without_middle(name: str, cells: int) -> str:
    begin = set_cell_size(name, cells // 2).rstrip()
    end = ""
    for character in reversed(name):
        if cell_len(begin) + 1 + cell_len(character + end) > cells:
            break
        end = character + end
    return f"{begin}…{end}"


def table_lines(sections: Iterable[Section], shared: Layout, width: int) -> list[Line]:
    """Return a table's lines, without what stands over its columns."""
    lines: list[Line] = []
    for section in sections:
        if lines:
            lines.append([])
        if section.title:
            lines += [[(text, "faint")] for text in wrap(section.title, width)]
        for row in section.rows:
            lines += _row_lines(row, shared)
        for note in section.notes:
            lines += [[(text, "dim")] for text in wrap(note, width)]
    return lines


def _row_lines(row: Row, shared: Layout) -> list[Line]:
    """Return a row, which is as high as its highest cell."""
    cells = [row.cells[place] for place in shared.places]
    names = _wrapped(row.name, shared.name - 1)
    texts = [_wrapped(cell.marked, shared.cells) for cell in cells]
    lines: list[Line] = []
    for name, *parts in zip_longest(names, *texts, fillvalue=""):
        line: list[Span] = [(fit(name, shared.name), "dim")]
        for part, cell in zip(parts, cells, strict=True):
            line += [(" " * _GAP, "plain"), (fit(part, shared.cells), cell.ink)]
        lines.append(_without_end(line))
    return lines


def _wrapped(text: str, cells: int) -> list[str]:
    lines = wrap(text, cells)
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], fit(lines[_MOST_LINES - 1] + "…" * cells, cells)]


def _without_end(line: list[Span]) -> list[Span]:
    """Return a line without the spaces that fill its end."""
    while line and not line[-1][0].strip():
        line = line[:-1]
    return [*line[:-1], (line[-1][0].rstrip(), line[-1][1])] if line else []
