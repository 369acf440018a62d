"""Model versions below what they were made of, as `ftlab models` lists them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from store.queries.model_scores import SuiteScore, score_in
from tui.model_book import ModelBook, ModelItem, book_of
from tui.model_tree import Branch, ModelOrder, branches
from tui.score_words import score_words

if TYPE_CHECKING:
    import sqlite3

_GAP = 2
_TOLD = ("gone", "retired", "retiring")
"""The states that are told in words; of the others the kind tells."""

_FIRST_CUT = ("kind", "id", "age")
"""The columns that are left out where a terminal has no room for all, in this order."""


@dataclass(frozen=True, slots=True)
class ModelListing:
    """What is listed.

    Attributes:
        book: all model versions.
        items: those that are listed, the newest first.
        suite: the name of the suite whose scores are shown; None if there are no scores.
        flat: whether they stand one below the other, because only some were asked for.
    """

    book: ModelBook
    items: Sequence[ModelItem]
    suite: str | None
    flat: bool


def read_tree(
    connection: sqlite3.Connection, tag: str | None = None, suite: str | None = None
) -> ModelListing:
    """Read model versions and their scores.

    Args:
        connection: where to read.
        tag: the tag of those that are listed; None for all.
        suite: the suite whose scores are shown, as `name`, `name@version` or id; None for the one
            that most were evaluated by.

    Raises:
        NotFoundError: if there is no such suite.
    """
    from store.queries.suites import suite as find

    wanted = None if suite is None else find(connection, suite)
    only = wanted.id if wanted is not None and wanted.name != suite else None
    book = book_of(connection, datetime.now(UTC).date(), only)
    items = [item for item in book.items if tag is None or tag in item.row.tags]
    shown = wanted.name if wanted is not None else next(iter(book.suites), None)
    return ModelListing(book, items, shown, tag is not None)


def as_json(listing: ModelListing) -> list[dict[str, Any]]:
    """Return the models as plain JSON, each with what it was made of and all its scores."""
    from tui.cli.output import plain

    book = listing.book
    return [
        {
            **plain(item.row),
            "state": item.state,
            "parent": book.parents.get(item.row.id),
            "scores": scores_as_json(item.scores),
            "base": {
                "name": book.base_of(item),
                "scores": scores_as_json(book.scores_of_base(book.base_of(item))),
            },
        }
        for item in listing.items
    ]


def scores_as_json(scores: Sequence[SuiteScore]) -> list[dict[str, Any]]:
    """Return how a model did in suites as plain JSON."""
    from tui.cli.output import plain

    return [
        {**plain(score), "figures": [plain(figure) for figure in score.figures]} for score in scores
    ]


def print_tree(listing: ModelListing) -> None:
    """Print the models, and which other suites there are scores of."""
    from tui.cli.output import note, print_table

    lines = _lines(listing)
    columns, rows = _fitted(_columns(listing), [_cells(listing, line) for line in lines])
    print_table(columns, rows)
    others = [name for name in listing.book.suites if name != listing.suite]
    if others:
        note(f"There are scores in {', '.join(others)} too: --suite {others[0]} shows them.")


def _lines(listing: ModelListing) -> list[Branch]:
    if listing.flat:
        return [Branch(item.row.id, item.row.base_model, item=item) for item in listing.items]
    return branches(listing.book, ModelOrder())


def _columns(listing: ModelListing) -> list[str]:
    score = f">{_score_title(listing)}"
    return ["~~model", "kind", "state", "~tags", ">perplexity", score, "age", "id"]


def _score_title(listing: ModelListing) -> str:
    """Return what is shown of the suite: its name, and the figure that most models have in it."""
    if listing.suite is None:
        return ""
    book = listing.book
    scores = [*(item.scores for item in book.items), *book.others.values()]
    found = [score_in(each, listing.suite) for each in scores]
    labels = [each.main.label for each in found if each is not None and each.main is not None]
    return f"{listing.suite} {max(labels, key=labels.count)}" if labels else listing.suite


def _cells(listing: ModelListing, line: Branch) -> list[str]:
    from tui import formats
    from tui.model_columns import score

    item = line.item
    if item is None:
        name = formats.short_model(line.base) or "not known"
        scores = listing.book.scores_of_base(line.base)
        return [name, "base", "", "", "", _score(listing, scores), "", ""]
    row = item.row
    return [
        line.guide + row.name,
        row.kind,
        f"{item.look.glyph} {item.look.word}" if item.state in _TOLD else "",
        " ".join(row.tags),
        score(row.perplexity_before, row.perplexity_after),
        _score(listing, item.scores),
        formats.age(row.registered_at, datetime.now(UTC)),
        row.id,
    ]


def _score(listing: ModelListing, scores: Sequence[SuiteScore]) -> str:
    return "" if listing.suite is None else score_words(score_in(scores, listing.suite))


def _fitted(columns: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Leave out columns that say nothing, and on a terminal those that have no room."""
    empty = {place for place in range(len(columns)) if not any(row[place] for row in rows)}
    left = [place for place in range(len(columns)) if place not in empty]
    if sys.stdout.isatty():
        from shutil import get_terminal_size

        from rich.cells import cell_len

        room = get_terminal_size().columns
        widths = [
            max(cell_len(text) for text in (columns[place].lstrip(">~"), *(r[place] for r in rows)))
            for place in range(len(columns))
        ]
        for name in _FIRST_CUT:
            if sum(widths[place] + _GAP for place in left) - _GAP > room:
                left = [place for place in left if columns[place] != name]
    return [columns[place] for place in left], [[row[place] for place in left] for row in rows]
