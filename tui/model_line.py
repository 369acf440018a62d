"""A model version in one line of a list, in however many columns there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from tui.formats import fit, fit_right, short_model
from tui.ink import Line, Span, text_of
from tui.model_book import ModelItem
from tui.model_columns import columns, score_cell
from tui.model_tree import Branch, ModelOrder

_TUNED = "ft:"
_LEAST_TAG = 4
_NAME_BESIDE_TAGS = 20
"""The cells that a name keeps before its tags are cut."""


def heading(width: int, told: tuple[str, ...], order: ModelOrder, suite: str = "") -> Line:
    """Return the titles of the columns; that of the one sorted by is marked.

    Args:
        width: the cells to fill.
        told: the columns that have something to say; see `telling`.
        order: how the list is sorted.
        suite: the name of the suite whose scores are shown.
    """
    name, shown = columns(width, told)
    line: list[Span] = [("  ", "faint"), _title("MODEL", name, "name", order, right=False)]
    for column in shown:
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


def model_line(branch: Branch, mark: str, width: int, told: tuple[str, ...], now: datetime) -> Line:
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
        return _base_line(branch, mark, width, told)
    name, shown = columns(width, told)
    look = item.look
    line: list[Span] = [(look.glyph, look.ink), (mark, "accent"), *_named(branch, item, name)]
    for column in shown:
        line += [(" ", "plain"), column.cell(item, column.width, now)]
    return line


def _base_line(branch: Branch, mark: str, width: int, told: tuple[str, ...]) -> Line:
    count, score = f"{branch.below:,}", _base_score(branch, width, told)
    name = short_model(branch.base) or "not known"
    room = max(0, width - 3 - len(count) - cell_len(text_of(score)))
    shown = shortened(name, room)
    return [
        ("▾" if branch.opened else "▸", "dim"),
        (mark, "accent"),
        (shown, "strong"),
        (f" {count}" + " " * max(0, room - cell_len(shown)), "dim"),
        *score,
    ]


def _base_score(branch: Branch, width: int, told: tuple[str, ...]) -> Line:
    """Return the score of a base model in its column, and blanks to the end of the line."""
    _, shown = columns(width, told)
    place = next((place for place, each in enumerate(shown) if each.sort == "score"), None)
    if place is None or branch.shown is None:
        return []
    after = sum(column.width + 1 for column in shown[place + 1 :])
    cell = score_cell(branch.shown, shown[place].width)
    return [(" ", "plain"), cell, (" " * after, "plain")]


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
