"""Sending a terminal only the cells that differ from what it shows.

Textual paints whole screens whenever one opens, closes or is laid out anew: tens of kilobytes, over
a slow link half a second. What the terminal shows is remembered here, and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.strip import Strip

from tui.pen import Pen

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from textual.screen import Screen

_LITTLE = 6
"""Cells that are rather painted than stepped over."""

_Cell = tuple[str, Style | None]


class CellsUpdate(CompositorUpdate):
    """Paints some regions, each of one row.

    Args:
        pieces: where each begins, and what is painted there.
    """

    def __init__(self, pieces: Sequence[tuple[int, int, Strip]]) -> None:
        self._pieces = pieces

    def render_segments(self, console: Console) -> str:
        """Return what is sent to the terminal."""
        pen = Pen(console._color_system or ColorSystem.TRUECOLOR)  # noqa: SLF001 - as Textual asks
        sent = []
        for x, y, strip in self._pieces:
            sent += [Control.move_to(x, y).segment.text, pen.write(strip)]
        return "".join([*sent, pen.put_down()])


class Shadow:
    """What the terminal shows, row by row."""

    def __init__(self) -> None:
        self._rows: list[Strip] = []

    def forget(self) -> None:
        """Paint everything anew next time: the terminal may show something else by now."""
        self._rows = []

    def only_changes(self, update: CompositorUpdate) -> CompositorUpdate | None:
        """Return an update that paints the same with fewer cells; None if nothing differs.

        Args:
            update: what the compositor wants to be painted; from now on it counts as painted.
        """
        if isinstance(update, LayoutUpdate):
            return self._whole(update)
        if isinstance(update, ChopsUpdate):
            return self._parts(update)
        self.forget()
        return update

    def _whole(self, update: LayoutUpdate) -> CompositorUpdate | None:
        rows = [Strip.join(pieces) for pieces in update.strips]
        before, self._rows = self._rows, rows
        if update.region.offset != (0, 0) or _lengths(before) != _lengths(rows):
            return update
        return _painted(zip(range(len(rows)), before, rows, strict=True))

    def _parts(self, update: ChopsUpdate) -> CompositorUpdate | None:
        touched = sorted({y for y, _, _ in update.spans})
        if not self._rows or touched[-1] >= len(self._rows):
            self.forget()
            return update
        before = [self._rows[y] for y in touched]
        for y, x1, x2 in update.spans:
            self._rows[y] = _with_chops(self._rows[y], _chops_of(update, y, x1, x2))
        after = [self._rows[y] for y in touched]
        return _painted(zip(touched, before, after, strict=True))


def _lengths(rows: Sequence[Strip]) -> list[int]:
    return [row.cell_length for row in rows]


def _painted(rows: Iterable[tuple[int, Strip, Strip]]) -> CompositorUpdate | None:
    """Return what paints rows, each with its place, what it shows and what it shall show."""
    pieces = [
        (start, y, new.crop(start, end).simplify())
        for y, old, new in rows
        for start, end in changed_spans(old, new)
    ]
    return CellsUpdate(pieces) if pieces else None


def changed_spans(old: Strip, new: Strip) -> list[tuple[int, int]]:
    """Return from where to where a row of cells differs from another of the same length.

    Spans with little between them are one: to go to a place costs as much as a few cells.
    """
    if old is new or old == new:
        return []
    before, after = _cells(old), _cells(new)
    if len(before) != old.cell_length or len(after) != new.cell_length:
        # Characters that join into one are not told apart: the row is painted whole.
        return [(0, new.cell_length)]
    if len(before) != len(after):
        return [(0, new.cell_length)]
    spans: list[tuple[int, int]] = []
    for place, (had, has) in enumerate(zip(before, after, strict=True)):
        if had == has:
            continue
        if spans and place - spans[-1][1] <= _LITTLE:
            spans[-1] = spans[-1][0], place + 1
        else:
            spans.append((place, place + 1))
    return [_whole_characters(before, after, *span) for span in spans]


def _whole_characters(
    before: Sequence[_Cell], after: Sequence[_Cell], start: int, end: int
) -> tuple[int, int]:
    """Return a span that cuts no wide character apart, neither one that was nor one that is."""
    while start > 0 and not (before[start][0] and after[start][0]):
        start -= 1
    while end < len(after) and not (before[end][0] and after[end][0]):
        end += 1
    return start, end


def _cells(strip: Strip) -> list[_Cell]:
    """Return what is in each cell; the second cell of a wide character is empty."""
    cells: list[_Cell] = []
    for text, style, _ in strip:
        if text.isascii():
            cells += [(character, style) for character in text]
            continue
        for character in text:
            cells.append((character, style))
            cells += [("", style)] * (cell_len(character) - 1)
    return cells


def _chops_of(update: ChopsUpdate, y: int, x1: int, x2: int) -> list[tuple[int, Strip]]:
    """Return what an update paints of a row between two columns, as it would paint it itself."""
    found = []
    for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
        if strip is not None and x <= x2 and end > x1:
            found.append((x, strip if end <= x2 and x >= x1 else strip.crop(0, min(end, x2) - x)))
    return found


def _with_chops(row: Strip, chops: Sequence[tuple[int, Strip]]) -> Strip:
    """Return a row over which pieces were painted."""
    width = row.cell_length
    for x, strip in chops:
        after = row.crop(x + strip.cell_length, width)
        row = Strip.join([row.crop(0, x), strip, after]).crop(0, width)
    return row


class SparingApp(App[int]):
    """An app that sends a terminal only what changes."""

    def __init__(self) -> None:
        self._shadow = Shadow()
        super().__init__()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        update: object = renderable
        if isinstance(update, CompositorUpdate) and self._is_sent:
            update = self._shadow.only_changes(update)
        super()._display(screen, cast("RenderableType | None", update))

    @property
    def _is_sent(self) -> bool:
        """Whether what is painted now reaches the terminal; Textual drops it while it batches."""
        if self._batch_count or self.is_headless or self.is_inline:
            return False
        return self._running and not self._closed

    def paint_anew(self) -> None:
        """Paint everything, whatever the terminal shows: something else may have written to it."""
        self._shadow.forget()
        self.refresh(layout=True)

    def on_resize(self) -> None:
        """Forget what the terminal shows: it moves lines about when its size changes."""
        self._shadow.forget()

    def on_mount(self) -> None:
        """Paint everything anew when the terminal was somebody else's for a while."""
        self.app_resume_signal.subscribe(self, lambda _: self.paint_anew(), immediate=True)
