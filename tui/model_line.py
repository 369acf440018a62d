"""A model version in one line of a list, in however many columns there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from rich.cells import cell_len

from store.queries.model_search import SOON_DAYS
from tui.formats import age, fit, fit_right, number, short_model
from tui.ink import Ink, Line, Span
from tui.model_book import ModelItem
from tui.model_tree import Branch, ModelOrder
from tui.score_words import score_words

_TUNED = "ft:"
_LEAST_TAG = 4
_NAME_BESIDE_TAGS = 20
"""The cells that a name keeps before its tags are cut."""

Cell = Callable[[ModelItem, int, datetime], Span]


@dataclass(frozen=True, slots=True)
class _Column:
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


_SHORT_RETIRES, _LONG_RETIRES = 7, 18

_AGE = _Column(
    "AGE",
    4,
    "age",
    10,
    lambda item, width, now: (fit_right(age(item.row.registered_at, now), width), "dim"),
    right=True,
)
_RETIRES = _Column("RETIRES", _SHORT_RETIRES, "retires", 12, _retires, right=True)
_LOSS = _Column(
    "LOSS",
    15,
    "loss",
    16,
    lambda item, width, _n: _lower(item.row.loss_before, item.loss, width),
    right=True,
)
_DATASET = _Column(
    "DATASET", 18, "dataset", 24, lambda item, w, _n: (fit(item.origin.trained_on or "", w), "dim")
)
_PERPLEXITY = _Column(
    "PERPLEXITY",
    15,
    "perplexity",
    30,
    lambda item, width, _n: _lower(item.row.perplexity_before, item.row.perplexity_after, width),
    right=True,
)
_ACCURACY = _Column("ACCURACY", 15, "accuracy", 34, _accuracy, right=True)
_SCORE = _Column(
    "SCORE",
    17,
    "score",
    16,
    lambda item, width, _n: (fit_right(score_words(item.shown), width), "plain"),
    right=True,
)
_BARE_SCORE = _Column(
    "SCORE",
    9,
    "score",
    16,
    lambda item, width, _n: (fit_right(score_words(item.shown).partition(" [")[0], width), "plain"),
    right=True,
)
"""Without its interval, which the panel has."""
_BASE = _Column(
    "BASE MODEL",
    22,
    "base",
    18,
    lambda item, w, _n: (fit(short_model(item.row.base_model), w), "dim"),
)
_DATED = _Column("RETIRES", _LONG_RETIRES, "retires", 34, _retires, right=True)

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

_HAVE: dict[str, Callable[[ModelItem], bool]] = {
    "age": lambda _item: True,
    "loss": lambda item: item.loss is not None,
    "perplexity": lambda item: item.row.perplexity_after is not None,
    "accuracy": lambda item: item.row.accuracy_after is not None,
    "score": lambda item: item.shown is not None,
    "retires": lambda item: item.shutdown is not None or item.row.gone_at is not None,
    "dataset": lambda item: item.origin.trained_on is not None,
}


def telling(items: Iterable[ModelItem], order: ModelOrder) -> frozenset[str]:
    """Return which columns have anything to say of any of these models."""
    all_items = list(items)
    found = {column for column, has in _HAVE.items() if any(map(has, all_items))}
    # In a tree the base model stands above.
    return frozenset({*found, "base"} if order.flat else found)


@lru_cache(maxsize=32)
def _columns(width: int, told: frozenset[str]) -> tuple[int, tuple[_Column, ...]]:
    """Return the cells of a name, and the columns beside it."""
    rest = width - 2
    taken: list[_Column] = []
    for column in _WANTED:
        if column.sort not in told:
            continue
        if column is _SCORE and rest - column.width - 1 < column.least:
            column = _BARE_SCORE  # noqa: PLW2901 - the same in fewer cells
        if rest - column.width - 1 < column.least:
            break
        taken.append(column)
        rest -= column.width + 1
    more = _LONG_RETIRES - _SHORT_RETIRES
    if _RETIRES in taken and rest - more >= _DATED.least:
        taken[taken.index(_RETIRES)] = _DATED
        rest -= more
    return max(0, rest), tuple(column for column in _SHOWN if column in taken)


def heading(width: int, told: frozenset[str], order: ModelOrder, suite: str = "") -> Line:
    """Return the titles of the columns; that of the one sorted by is marked.

    Args:
        width: the cells to fill.
        told: the columns that have something to say; see `telling`.
        order: how the list is sorted.
        suite: the name of the suite whose scores are shown.
    """
    name, columns = _columns(width, told)
    line: list[Span] = [("  ", "faint"), _title("MODEL", name, "name", order, right=False)]
    for column in columns:
        title = suite.upper() or column.title if column.sort == "score" else column.title
        line += [
            (" ", "faint"),
            _title(title, column.width, column.sort, order, right=column.right),
        ]
    return line


def _title(text: str, width: int, sort: str, order: ModelOrder, *, right: bool) -> Span:
    sorted_by = sort == order.by and (sort != "age" or order.backwards)
    words = f"{text}{'↑' if order.backwards else '↓'}" if sorted_by else text
    return fit_right(words, width) if right else fit(words, width), (
        "accent" if sorted_by else "faint"
    )


def model_line(branch: Branch, mark: str, width: int, told: frozenset[str], now: datetime) -> Line:
    """Return what a list says of a model version, or of a base model.

    Args:
        branch: its line of the tree.
        mark: a character between its state and its name.
        width: the cells to fill.
        told: the columns that have something to say; see `telling`.
        now: the time that ages are told by.
    """
    item = branch.item
    if item is None:
        return _base_line(branch, mark, width)
    name, columns = _columns(width, told)
    look = item.look
    line: list[Span] = [(look.glyph, look.ink), (mark, "accent"), *_named(branch, item, name)]
    for column in columns:
        line += [(" ", "plain"), column.cell(item, column.width, now)]
    return line


def _base_line(branch: Branch, mark: str, width: int) -> Line:
    count = f"{branch.below:,}"
    name = short_model(branch.base) or "not known"
    room = max(0, width - 3 - len(count))
    shown = shortened(name, room)
    return [
        ("▾" if branch.opened else "▸", "dim"),
        (mark, "accent"),
        (shown, "strong"),
        (f" {count}" + " " * max(0, room - cell_len(shown)), "dim"),
    ]


def _named(branch: Branch, item: ModelItem, width: int) -> Sequence[Span]:
    """Return the guide, the name and the tags in so many cells."""
    guide = fit(branch.guide, min(len(branch.guide), max(0, width - _LEAST_TAG)))
    sign = "↻ " if is_rebuilt(branch) else ""
    folded = f" +{branch.below:,}" if branch.below and not branch.opened else ""
    room = max(0, width - len(guide) - len(sign) - len(folded))
    tags = " ".join(f"#{tag}" for tag in item.row.tags)
    kept = min(cell_len(tags) + 1, max(0, room - _NAME_BESIDE_TAGS)) if tags else 0
    free = room - cell_len(item.row.name)
    beside = max(free, kept) if tags else 0
    if beside <= _LEAST_TAG:
        beside = 0
    name = shortened(item.row.name, room - beside)
    dim = not branch.fits or item.state in ("gone", "retired", "missing")
    spans: list[Span] = [(guide, "faint"), (sign, "accent"), (name, "dim" if dim else "plain")]
    left = width - sum(cell_len(text) for text, _ in spans) - len(folded)
    if beside:
        spans.append((f" {fit(tags, left - 1)}", "third"))
    else:
        spans.append((" " * left, "plain"))
    return [*spans[:3], (folded, "dim"), *spans[3:]]


def is_rebuilt(branch: Branch) -> bool:
    """Tell whether a model stands beside the hosted one that it was to be like."""
    item = branch.item
    return item is not None and item.is_here and item.origin.rebuilds is not None


def shortened(name: str, width: int) -> str:
    """Return a name in at most so many cells.

    Of what a service calls a model, the end tells it from others: the base model in its middle is
    left out first.
    """
    if cell_len(name) <= width:
        return name
    parts = name.split(":", 2)
    if name.startswith(_TUNED) and len(parts) > 2:
        rest = f"{_TUNED}…:{parts[2]}"
        if cell_len(rest) <= width:
            return rest
        return _cut_left(parts[2], width)
    return fit(name, width).rstrip()


def _cut_left(text: str, width: int) -> str:
    if width <= 0:
        return ""
    while cell_len(text) >= width:
        text = text[1:]
    # Rather whole parts than the end of one.
    _, colon, rest = text.partition(":")
    return f"…:{rest}" if colon and rest else f"…{text}"
