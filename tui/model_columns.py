"""The columns of a list of models: what they say, and which of them have room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from store.queries.model_scores import SuiteScore, score_in
from store.queries.model_search import SOON_DAYS
from tui.formats import age, fit, fit_right, number, short_model
from tui.ink import Ink, Span
from tui.model_book import ModelBook, ModelItem
from tui.model_tree import ModelOrder
from tui.score_words import score_words

Cell = Callable[[ModelItem, int, datetime], Span]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how wide, under which title, sorted by what, and when there is room for it.

    Attributes:
        title: over it.
        width: its cells.
        sort: what the list is sorted by for it.
        least: the cells that a name has before it is added.
        cell: what it says of a model; in so many cells, at a time.
        right: whether it is set to the right.
    """

    title: str
    width: int
    sort: str
    least: int
    cell: Cell
    right: bool = False


def score(before: float | None, after: float | None, *, percent: bool = False) -> str:
    """Return what training did to a score: `1.330 ↘ 0.7750`; the arrow points where it went."""

    def said(value: float) -> str:
        return f"{value:.1%}" if percent else number(value)

    if after is None:
        return ""
    if before is None:
        return said(after)
    arrow = "→" if after == before else "↘" if after < before else "↗"
    return f"{said(before)} {arrow} {said(after)}"


def _lower(before: float | None, after: float | None, width: int) -> Span:
    """Return a score of which less is better."""
    worse = before is not None and after is not None and after > before
    return fit_right(score(before, after), width), "warn" if worse else "plain"


def _accuracy(item: ModelItem, width: int, _now: datetime) -> Span:
    before, after = item.row.accuracy_before, item.row.accuracy_after
    worse = before is not None and after is not None and after < before
    words = score(before, after, percent=True)
    return fit_right(words, width), "warn" if worse else "plain"


def retirement(item: ModelItem, *, dated: bool = False) -> tuple[str, Ink]:
    """Return when a model shuts down, or that it has, and how urgent that is."""
    if item.row.gone_at is not None:
        return "gone", "dim"
    if item.days_left is None:
        return item.shutdown or "", "dim"
    if item.days_left <= 0:
        left, ink = "retired", "bad"
    else:
        soon = item.days_left < SOON_DAYS
        left, ink = f"{item.days_left:,}d", "bad" if soon else "dim"
    return f"{item.shutdown} {left:>7}" if dated else left, ink  # type: ignore[return-value]


def _retires(item: ModelItem, width: int, _now: datetime) -> Span:
    words, ink = retirement(item, dated=width > _SHORT_RETIRES)
    return fit_right(words, width), ink


def score_cell(score: SuiteScore | None, width: int) -> Span:
    """Return how a model did in the suite that is shown; in few cells without its interval."""
    words = score_words(score)
    return fit_right(words if width >= _WHOLE_SCORE else words.partition(" [")[0], width), "plain"


_SHORT_RETIRES, _LONG_RETIRES = 7, 18
_WHOLE_SCORE, _BARE = 17, 9

_AGE = Column(
    "AGE",
    4,
    "age",
    10,
    lambda item, width, now: (fit_right(age(item.row.registered_at, now), width), "dim"),
    right=True,
)
_RETIRES = Column("RETIRES", _SHORT_RETIRES, "retires", 12, _retires, right=True)
_LOSS = Column(
    "LOSS",
    15,
    "loss",
    16,
    lambda item, width, _n: _lower(item.row.loss_before, item.loss, width),
    right=True,
)
_DATASET = Column(
    "DATASET", 18, "dataset", 24, lambda item, w, _n: (fit(item.origin.trained_on or "", w), "dim")
)
_PERPLEXITY = Column(
    "PERPLEXITY",
    15,
    "perplexity",
    30,
    lambda item, width, _n: _lower(item.row.perplexity_before, item.row.perplexity_after, width),
    right=True,
)
_ACCURACY = Column("ACCURACY", 15, "accuracy", 34, _accuracy, right=True)
_SCORE = Column(
    "SCORE",
    _WHOLE_SCORE,
    "score",
    16,
    lambda item, width, _n: score_cell(item.shown, width),
    right=True,
)
_BARE_SCORE = Column(
    "SCORE",
    _BARE,
    "score",
    16,
    lambda item, width, _n: score_cell(item.shown, width),
    right=True,
)
"""Without its interval, which the panel has."""
_BASE = Column(
    "BASE MODEL",
    22,
    "base",
    18,
    lambda item, w, _n: (fit(short_model(item.row.base_model), w), "dim"),
)
_DATED = Column("RETIRES", _LONG_RETIRES, "retires", 34, _retires, right=True)

_SHOWN = (
    _BASE,
    _DATASET,
    _LOSS,
    _PERPLEXITY,
    _ACCURACY,
    _SCORE,
    _BARE_SCORE,
    _RETIRES,
    _DATED,
    _AGE,
)
"""From left to right."""

_WANTED = (_AGE, _RETIRES, _LOSS, _SCORE, _BASE, _DATASET, _PERPLEXITY, _ACCURACY)
"""What tells most first: that stays longest when the cells become few."""

_BY_SORT = {column.sort: column for column in _WANTED}

_HAVE: dict[str, Callable[[ModelItem], bool]] = {
    "age": lambda _item: True,
    "loss": lambda item: item.loss is not None,
    "perplexity": lambda item: item.row.perplexity_after is not None,
    "accuracy": lambda item: item.row.accuracy_after is not None,
    "score": lambda item: item.shown is not None,
    "retires": lambda item: item.shutdown is not None or item.row.gone_at is not None,
    "dataset": lambda item: item.origin.trained_on is not None,
}


def telling(book: ModelBook, order: ModelOrder) -> tuple[str, ...]:
    """Return which columns have anything to say of any of these models.

    Those that tell most come first, what the list is sorted by before all others.
    """
    found = {column for column, has in _HAVE.items() if any(map(has, book.items))}
    if order.flat:
        found.add("base")
    elif book.others:
        # In a tree the base models stand above, with scores of their own.
        bases = {book.base_of(item) for item in book.items}
        if any(score_in(book.scores_of_base(base), book.suite) for base in bases):
            found.add("score")
    told = [column.sort for column in _WANTED if column.sort in found]
    return tuple(sorted(told, key=lambda sort: sort != order.by))


@lru_cache(maxsize=32)
def columns(width: int, told: tuple[str, ...]) -> tuple[int, tuple[Column, ...]]:
    """Return the cells of a name, and the columns beside it.

    Args:
        width: those of the line.
        told: the columns that have something to say; see `telling`.
    """
    rest = width - 2
    taken: list[Column] = []
    for place, sort in enumerate(told):
        column = _BY_SORT[sort]
        if column is _SCORE and rest - column.width - 1 < column.least:
            column = _BARE_SCORE
        if rest - column.width - 1 < column.least:
            if place:
                break
            # What is sorted by must not cost a narrow list what there is room for.
            continue
        taken.append(column)
        rest -= column.width + 1
    more = _LONG_RETIRES - _SHORT_RETIRES
    if _RETIRES in taken and rest - more >= _DATED.least:
        taken[taken.index(_RETIRES)] = _DATED
        rest -= more
    return max(0, rest), tuple(column for column in _SHOWN if column in taken)
