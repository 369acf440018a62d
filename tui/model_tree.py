"""Model versions as lines: a tree of what was made of what, or plainly one below the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from store.queries.model_scores import SuiteScore, score_in
from tui.model_book import ModelBook, ModelItem

Sort = Literal[
    "age",
    "name",
    "loss",
    "perplexity",
    "accuracy",
    "score",
    "retires",
    "state",
    "base",
    "dataset",
    "tags",
]
SORTS: tuple[Sort, ...] = get_args(Sort)

_FALLING = frozenset({"age", "accuracy", "score"})
_LEVELS = 6
"""How many levels of a deep tree are drawn."""

_VALUES: Mapping[Sort, Callable[[ModelItem], str | float | None]] = {
    "age": lambda item: item.row.registered_at,
    "name": lambda item: item.row.name.casefold(),
    "loss": lambda item: item.loss,
    "perplexity": lambda item: item.row.perplexity_after,
    "accuracy": lambda item: item.row.accuracy_after,
    "score": lambda item: main.value if item.shown and (main := item.shown.main) else None,
    "retires": lambda item: item.shutdown,
    "state": lambda item: item.state,
    "base": lambda item: item.row.base_model.casefold(),
    "dataset": lambda item: item.origin.trained_on,
    "tags": lambda item: " ".join(item.row.tags) or None,
}


@dataclass(frozen=True, slots=True)
class ModelOrder:
    """How models are put in order.

    Attributes:
        by: what by; those without a value come last either way.
        backwards: the other way round than usual, which is newest and most accurate first, and
            everything else from the lowest up.
        flat: whether they stand one below the other, rather than below what they were made of.
    """

    by: Sort = "age"
    backwards: bool = False
    flat: bool = False


NEWEST_FIRST = ModelOrder()


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree: a model version, or a base model above all that was made of it.

    Attributes:
        key: what stays the same for a line that moves.
        base: the base model.
        guide: the lines before its name, `│ ├─`.
        item: the model version; None for a base model.
        below: how many model versions are below it, at all levels.
        opened: whether they are shown.
        fits: whether it is searched for, rather than shown for what is below it.
        shown: how a base model did in the suite whose scores are shown.
    """

    key: str
    base: str
    guide: str = ""
    item: ModelItem | None = None
    below: int = 0
    opened: bool = True
    fits: bool = True
    shown: SuiteScore | None = None


def base_key(base: str) -> str:
    """Return the key of a base model's line."""
    return f"base {base}"


def branches(
    book: ModelBook, order: ModelOrder = NEWEST_FIRST, closed: Collection[str] = ()
) -> list[Branch]:
    """Return the lines of a list of models.

    Args:
        book: the models, and which of them are searched for.
        order: how they are put in order; in a tree those that were made of the same.
        closed: the keys of lines below which nothing is shown; a search shows all that it finds.
    """
    ranked = _ranked(book.items, order)
    if order.flat:
        wanted = (item for item in ranked if book.found is None or item.row.id in book.found)
        return [Branch(item.row.id, item.row.base_model, item=item) for item in wanted]
    return list(_Tree(book, ranked, closed).lines())


def _ranked(items: Iterable[ModelItem], order: ModelOrder) -> list[ModelItem]:
    value = _VALUES[order.by]
    newest = list(items)
    known = [item for item in newest if value(item) is not None]
    known.sort(key=lambda item: value(item) or 0, reverse=(order.by in _FALLING) != order.backwards)
    return [*known, *(item for item in newest if value(item) is None)]


class _Tree:
    """Models below what they were made of, and below their base models."""

    def __init__(
        self, book: ModelBook, ranked: Sequence[ModelItem], closed: Collection[str]
    ) -> None:
        self._book = book
        self._closed = closed if book.found is None else ()
        self._shown = self._with_ancestors()
        self._below: dict[str, list[ModelItem]] = {}
        # By the base model, in the order of the first of all models that came of it.
        self._roots: dict[str, list[ModelItem]] = {}
        for item in ranked:
            if self._shown is not None and item.row.id not in self._shown:
                continue
            parent = book.parents.get(item.row.id)
            if parent is not None:
                self._below.setdefault(parent, []).append(item)
            first = ([item, *book.ancestors(item.row.id)])[-1]
            roots = self._roots.setdefault(first.row.base_model, [])
            if parent is None:
                roots.append(item)
        self._counts = self._counted(ranked)

    def _with_ancestors(self) -> set[str] | None:
        if self._book.found is None:
            return None
        shown = set(self._book.found)
        for model in self._book.found:
            shown.update(item.row.id for item in self._book.ancestors(model))
        return shown

    def _counted(self, items: Iterable[ModelItem]) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for item in items:
            if self._shown is not None and item.row.id not in self._shown:
                continue
            for above in self._book.ancestors(item.row.id):
                counts[above.row.id] = counts.get(above.row.id, 0) + 1
        return counts

    def lines(self) -> Iterator[Branch]:
        for base, roots in self._roots.items():
            key = base_key(base)
            opened = key not in self._closed
            below = sum(1 + self._counts.get(item.row.id, 0) for item in roots)
            score = score_in(self._book.scores_of_base(base), self._book.suite)
            yield Branch(key, base, below=below, opened=opened, fits=False, shown=score)
            if opened:
                yield from self._walk(roots)

    def _walk(self, roots: Sequence[ModelItem]) -> Iterator[Branch]:
        # A stack and not recursion: what is trained on again and again makes a deep tree.
        waiting = _reversed(roots, ())
        while waiting:
            item, lasts = waiting.pop()
            model = item.row.id
            opened = model not in self._closed
            yield Branch(
                key=model,
                base=item.row.base_model,
                guide=_guide(lasts),
                item=item,
                below=self._counts.get(model, 0),
                opened=opened,
                fits=self._book.found is None or model in self._book.found,
            )
            if opened:
                waiting += _reversed(self._below.get(model, ()), lasts)


def _reversed(
    items: Sequence[ModelItem], lasts: tuple[bool, ...]
) -> list[tuple[ModelItem, tuple[bool, ...]]]:
    """Return siblings as a stack takes them, each with which of its ancestors, and it, are last."""
    end = len(items) - 1
    return [(items[place], (*lasts, place == end)) for place in range(end, -1, -1)]


def _guide(lasts: tuple[bool, ...]) -> str:
    shown = lasts[-_LEVELS:]
    begun = "⋯ " if len(lasts) > _LEVELS else ""
    bars = "".join("  " if last else "│ " for last in shown[:-1])
    return begun + bars + ("└─" if shown[-1] else "├─")
