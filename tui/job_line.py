"""A job in one line of a list, in however many columns there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain

from store.queries.job_index import Order, Sort
from tui.formats import age, bar, duration, fit, fit_right, number, percent, short_model
from tui.ink import Line, Span, look
from tui.job_rows import COURSE, JobRow

_BARS = "▁▂▃▄▅▆▇█"
_SIGNS = 2
"""The cells before a name: the glyph of the status, and a mark."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: under which title, sorted by what, and how its cells are filled."""

    title: str
    sort: str
    cell: Callable[[JobRow, int, datetime], Sequence[Span]]
    right: bool = False


def _plain(text: str, width: int) -> Sequence[Span]:
    return [(fit(text, width), "dim")]


def _dollars(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    cost = row.job.cost if row.job.cost is not None else row.job.estimate
    return [(fit_right(_price(cost, width), width), "dim")]


def _price(cost: float | None, width: int) -> str:
    if cost is None:
        return ""
    exact = f"${cost:,.2f}"
    return exact if len(exact) <= width else f"${cost:,.0f}"


def _left(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    return [(fit_right("" if row.left is None else duration(row.left), width), "accent")]


def _status(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    shown = look(row.job.status)
    return [(fit(shown.word, width), shown.ink)]


def _progress(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    job = row.job
    return [*bar(job.progress, width, look(job.status).ink)]


def _course(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    return [(fit(sparkline(_thinned(row.course, width)), width), "first")]


def _thinned(values: Sequence[float], most: int) -> Sequence[float]:
    """Return at most so many of the values, evenly apart, the first and the last among them."""
    if len(values) <= most:
        return values
    last = len(values) - 1
    return [values[round(place * last / (most - 1))] for place in range(most)]


_NAME = _Column("NAME", "name", lambda row, width, _n: [(fit(row.job.name, width), "plain")])
_STATUS = _Column("STATUS", "status", _status)
_MODEL = _Column(
    "BASE MODEL",
    "model",
    lambda row, width, _n: _plain(short_model(row.job.base_name or row.job.base_model), width),
)
_DATASET = _Column(
    "DATASET", "dataset", lambda row, width, _n: _plain(row.job.learns_from or "", width)
)
_PROVIDER = _Column("PROVIDER", "provider", lambda row, width, _n: _plain(row.job.provider, width))
_BAR = _Column("", "progress", _progress)
_DONE = _Column(
    "DONE", "progress", lambda row, _w, _n: [(percent(row.job.progress), "plain")], right=True
)
_LEFT = _Column("LEFT", "", _left, right=True)
_LOSS = _Column(
    "LOSS",
    "loss",
    lambda row, width, _n: [(fit_right(number(row.job.loss), width), "plain")],
    right=True,
)
_EVAL = _Column(
    "EVAL",
    "eval_loss",
    lambda row, width, _n: [(fit_right(number(row.job.eval_loss), width), "plain")],
    right=True,
)
_COURSE = _Column("COURSE", "", _course)
_COST = _Column("COST", "cost", _dollars, right=True)
_UPDATED = _Column(
    "NEWS",
    "updated",
    lambda row, width, now: [(fit_right(age(row.job.updated_at, now), width), "dim")],
    right=True,
)
_AGE = _Column(
    "AGE",
    "planned",
    lambda row, width, now: [(fit_right(age(row.job.planned_at, now), width), "dim")],
    right=True,
)

_SHOWN = (
    _NAME,
    _STATUS,
    _MODEL,
    _DATASET,
    _PROVIDER,
    _BAR,
    _DONE,
    _LEFT,
    _LOSS,
    _EVAL,
    _COURSE,
    _COST,
    _UPDATED,
    _AGE,
)
"""From left to right."""

_WANTED = (
    (_NAME, 10),
    (_DONE, 4),
    (_AGE, 4),
    (_LOSS, 8),
    (_NAME, 12),
    (_LEFT, 7),
    (_NAME, 15),
    (_COURSE, 6),
    (_DATASET, 13),
    (_MODEL, 12),
    (_PROVIDER, 9),
    (_COST, 7),
    (_MODEL, 16),
    (_MODEL, 21),
    (_NAME, 18),
    (_COURSE, COURSE),
    (_EVAL, 8),
    (_NAME, 24),
    (_DATASET, 18),
    (_BAR, 10),
    (_MODEL, 26),
    (_DATASET, 24),
)
"""What tells most first, until the room is used up: a column, and to how many cells it is brought.

So a wider list never tells less than a narrower one. What is left in the end is the name's.
"""
_WANTED_IF_SORTED = ((_STATUS, 11), (_UPDATED, 5))
"""What is only told where the list is sorted by it: the glyph tells the status, too."""
_BEFORE_SORTED = 2
"""So many of them come before what the list is sorted by, and that before all others."""


def _wanted(by: Sort) -> Iterator[tuple[_Column, int]]:
    first, others = _WANTED[:_BEFORE_SORTED], _WANTED[_BEFORE_SORTED:]
    known = (*others, *_WANTED_IF_SORTED)
    sorted_by = [each for each in known if each[0].sort == by and each[0].title]
    return chain(first, sorted_by[:1], others)


@lru_cache(maxsize=64)
def _columns(width: int, by: Sort) -> tuple[tuple[_Column, int], ...]:
    """Return the columns of a list so wide and so sorted, from left to right, with their cells."""
    rest = width - _SIGNS
    taken: dict[_Column, int] = {_NAME: 0}
    for column, cells in _wanted(by):
        if taken.get(column, 0) >= cells:
            continue
        gap = 0 if column in taken else 1
        more = cells - taken.get(column, 0) + gap
        if more > rest:
            if column.sort == by and column is not _NAME:
                continue  # It must not cost a narrow list what there is room for.
            break
        taken[column] = cells
        rest -= more
    taken[_NAME] += max(0, rest)
    return tuple((column, taken[column]) for column in _SHOWN if column in taken)


def heading(width: int, order: Order) -> Line:
    """Return the titles of the columns; that of the one sorted by is marked."""
    line: list[Span] = [(" ", "faint")]
    for column, cells in _columns(width, order.by):
        line += [(" ", "faint"), _title(column, cells, order)]
    return line


def _title(column: _Column, width: int, order: Order) -> Span:
    text, sort = column.title, column.sort
    sorted_by = sort == order.by and text and (sort != "planned" or order.backwards)
    words = f"{text[: width - 1]}{'↑' if order.backwards else '↓'}" if sorted_by else text
    shown = fit_right(words, width) if column.right else fit(words, width)
    return (shown, "accent" if sorted_by else "faint")


def job_line(row: JobRow, mark: str, width: int, now: datetime, by: Sort = "planned") -> Line:
    """Return what a list says of a job.

    Args:
        row: the job.
        mark: a character between its status and its name.
        width: the cells to fill.
        now: the time that ages are told by.
        by: what the list is sorted by.
    """
    shown = look(row.job.status)
    line: list[Span] = [(shown.glyph, shown.ink), (mark, "accent")]
    for place, (column, cells) in enumerate(_columns(width, by)):
        if place:
            line.append((" ", "plain"))
        line += column.cell(row, cells, now)
    return line


def sparkline(values: Sequence[float]) -> str:
    """Return a bar for each value, the highest for the greatest."""
    if not values:
        return ""
    low, span = min(values), max(values) - min(values)
    if span <= 0:
        return _BARS[3] * len(values)
    return "".join(_BARS[min(7, int((value - low) / span * 8))] for value in values)
