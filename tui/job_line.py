"""A job in one line of a list, in however many columns there is room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from store.queries.job_index import Order
from tui.formats import age, bar, duration, fit, fit_right, number, percent, short_model
from tui.ink import Line, Span, look
from tui.job_rows import COURSE, JobRow

_BARS = "▁▂▃▄▅▆▇█"
_BAR = 10
_MODEL, _MOST_MODEL = 16, 26


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: how wide, under which title, sorted by what, and from which free room on."""

    title: str
    width: int
    sort: str
    cell: Callable[[JobRow, int, datetime], Sequence[Span]]
    right: bool = False


def _plain(text: str, width: int) -> Sequence[Span]:
    return [(fit(text, width), "dim")]


def _dollars(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    cost = row.job.cost if row.job.cost is not None else row.job.estimate
    return [(fit_right("" if cost is None else f"${cost:,.2f}", width), "dim")]


def _left(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    return [(fit_right("" if row.left is None else duration(row.left), width), "accent")]


def _progress(row: JobRow, width: int, _now: datetime) -> Sequence[Span]:
    job = row.job
    return [*bar(job.progress, width, look(job.status).ink)]


_BAR_COLUMN = _Column("", _BAR, "progress", _progress)
_DONE = _Column(
    "DONE", 4, "progress", lambda row, _w, _n: [(percent(row.job.progress), "plain")], right=True
)
_LOSS = _Column(
    "LOSS",
    8,
    "loss",
    lambda row, width, _n: [(fit_right(number(row.job.loss), width), "plain")],
    right=True,
)
_COURSE = _Column(
    "COURSE", COURSE, "", lambda row, width, _n: [(fit(sparkline(row.course), width), "first")]
)
_AGE = _Column(
    "AGE",
    4,
    "planned",
    lambda row, width, now: [(fit_right(age(row.job.planned_at, now), width), "dim")],
    right=True,
)
_MODEL_COLUMN = _Column(
    "BASE MODEL",
    _MODEL,
    "model",
    lambda row, width, _n: _plain(short_model(row.job.base_name or row.job.base_model), width),
)
_DATASET = _Column(
    "DATASET", 16, "dataset", lambda row, width, _n: _plain(row.job.learns_from or "", width)
)
_PROVIDER = _Column(
    "PROVIDER", 10, "provider", lambda row, width, _n: _plain(row.job.provider, width)
)
_LEFT = _Column("LEFT", 7, "", _left, right=True)
_EVAL = _Column(
    "EVAL",
    8,
    "eval_loss",
    lambda row, width, _n: [(fit_right(number(row.job.eval_loss), width), "plain")],
    right=True,
)
_COST = _Column("COST", 8, "cost", _dollars, right=True)

_SHOWN = (
    _MODEL_COLUMN,
    _DATASET,
    _PROVIDER,
    _BAR_COLUMN,
    _DONE,
    _LEFT,
    _LOSS,
    _EVAL,
    _COURSE,
    _COST,
    _AGE,
)
"""From left to right."""

_WANTED = (
    _DONE,
    _AGE,
    _LOSS,
    _MODEL_COLUMN,
    _BAR_COLUMN,
    _COURSE,
    _DATASET,
    _LEFT,
    _EVAL,
    _PROVIDER,
    _COST,
)
"""What tells most first: that stays longest when the cells become few."""

_NAME_FOR = {_LOSS: 11, _MODEL_COLUMN: 13, _BAR_COLUMN: 14}
_NAME_FOR_OTHERS = 18
"""The cells that a name has before a column is added."""


@lru_cache(maxsize=32)
def _columns(width: int) -> tuple[int, tuple[tuple[_Column, int], ...]]:
    """Return the cells of a name, and the columns beside it with theirs."""
    rest = width - 2
    taken: dict[_Column, int] = {}
    for column in _WANTED:
        least = _NAME_FOR.get(column, 0 if column in (_DONE, _AGE) else _NAME_FOR_OTHERS)
        if rest - column.width - 1 < least:
            break
        taken[column] = column.width
        rest -= column.width + 1
    if _MODEL_COLUMN in taken:
        more = min(_MOST_MODEL - _MODEL, max(0, (rest - _NAME_FOR_OTHERS) // 2))
        taken[_MODEL_COLUMN] += more
        rest -= more
    return rest, tuple((column, taken[column]) for column in _SHOWN if column in taken)


def heading(width: int, order: Order) -> Line:
    """Return the titles of the columns; that of the one sorted by is marked."""
    name, columns = _columns(width)
    line: list[Span] = [("  ", "faint"), _title("NAME", name, "name", order, right=False)]
    for column, cells in columns:
        line += [
            (" ", "faint"),
            _title(column.title, cells, column.sort, order, right=column.right),
        ]
    return line


def _title(text: str, width: int, sort: str, order: Order, *, right: bool) -> Span:
    sorted_by = sort == order.by and text and (sort != "planned" or order.backwards)
    words = f"{text}{'↑' if order.backwards else '↓'}" if sorted_by else text
    shown = fit_right(words, width) if right else fit(words, width)
    return (shown, "accent" if sorted_by else "faint")


def job_line(row: JobRow, mark: str, width: int, now: datetime) -> Line:
    """Return what a list says of a job.

    Args:
        row: the job.
        mark: a character between its status and its name.
        width: the cells to fill.
        now: the time that ages are told by.
    """
    name, columns = _columns(width)
    shown = look(row.job.status)
    line: list[Span] = [
        (shown.glyph, shown.ink),
        (mark, "accent"),
        (fit(row.job.name, name), "plain"),
    ]
    for column, cells in columns:
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
