"""What the models screen knows of all models: read at once, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from store.queries.model_origins import UNKNOWN, ModelOrigin, model_origins
from store.queries.model_scores import SuiteScore, model_scores, score_in, suites_by_use
from store.queries.model_search import SOON_DAYS, models_found
from store.queries.models import ModelRow, model_list
from tui.harmless import harmless
from tui.ink import Look

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab

_LOOKS = {
    "local": Look("▪", "good", "on this machine"),
    "missing": Look("▫", "warn", "its files are gone"),
    "hosted": Look("◇", "accent", "hosted"),
    "retiring": Look("!", "bad", "shuts down soon"),
    "retired": Look("⊘", "bad", "shut down"),
    "gone": Look("✗", "dim", "gone"),
}


@dataclass(frozen=True, slots=True)
class ModelItem:
    """A model version in a list.

    Attributes:
        row: what is recorded of it; its names are harmless to a terminal.
        origin: where it comes from.
        shutdown: the day (YYYY-MM-DD) on which it is shut down; None if none is announced.
        source: who says so.
        days_left: until then; zero or less if it is over.
        files_gone: whether it was trained on this machine, and its files are not where they were.
        scores: how it did in each suite.
        shown: that of them which a list shows.
    """

    row: ModelRow
    origin: ModelOrigin = UNKNOWN
    shutdown: str | None = None
    source: str | None = None
    days_left: int | None = None
    files_gone: bool = False
    scores: tuple[SuiteScore, ...] = ()
    shown: SuiteScore | None = None

    @property
    def state(self) -> str:
        """How it is: `local`, `missing`, `hosted`, `retiring`, `retired` or `gone`.

        A search says the same, but knows nothing of files: `local` finds those that miss them too.
        """
        if self.row.gone_at is not None:
            return "gone"
        if self.days_left is not None and self.days_left < SOON_DAYS:
            return "retiring" if self.days_left > 0 else "retired"
        if self.row.remote_id is not None:
            return "hosted"
        return "missing" if self.files_gone else "local"

    @property
    def look(self) -> Look:
        """How its state is shown: never by colour alone."""
        return _LOOKS[self.state]

    @property
    def is_here(self) -> bool:
        """Whether it was made on this machine, rather than at a service."""
        return self.row.remote_id is None

    @property
    def loss(self) -> float | None:
        """Its newest loss on held-out examples, in nats."""
        return self.origin.eval_loss if self.row.loss_after is None else self.row.loss_after


@dataclass(frozen=True)
class ModelBook:
    """All model versions, the newest first, and which of them are searched for.

    Attributes:
        items: the model versions.
        found: the ids of those that a search found; None if nothing is searched for.
        notice: what keeps some of it from being known, in words.
        others: how models did in suites that are not in the list, by `PROVIDER/NAME`.
        suites: the names of the suites that any model was evaluated by, the most used first.
    """

    items: tuple[ModelItem, ...] = ()
    found: frozenset[str] | None = None
    notice: str | None = None
    others: Mapping[str, tuple[SuiteScore, ...]] = field(default_factory=dict)
    suites: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, ModelItem]:
        """The model versions by their ids."""
        return {item.row.id: item for item in self.items}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """What each model version was made of, or is the likeness of, where that is one, too."""
        hosted = {
            (item.row.provider, item.row.remote_id): item.row.id
            for item in self.items
            if item.row.remote_id is not None
        }
        found = {}
        for item in self.items:
            row, origin = item.row, item.origin
            above = hosted.get((row.provider, row.base_model))
            wanted = (origin.goes_on_from, row.base_model, above, origin.rebuilds)
            parent = next((each for each in wanted if each in self.by_id and each != row.id), None)
            if parent is not None:
                found[row.id] = parent
        return _without_circles(found)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """What came of each model version, the newest first."""
        found: dict[str, list[str]] = {}
        for item in self.items:
            if (parent := self.parents.get(item.row.id)) is not None:
                found.setdefault(parent, []).append(item.row.id)
        return {parent: tuple(below) for parent, below in found.items()}

    @property
    def suite(self) -> str:
        """The name of the suite whose scores a list shows; empty if there are none."""
        return self.suites[0] if self.suites else ""

    @cached_property
    def _by_base(self) -> Mapping[str, tuple[SuiteScore, ...]]:
        return {name.partition("/")[2].casefold(): scores for name, scores in self.others.items()}

    def scores_of_base(self, base: str) -> tuple[SuiteScore, ...]:
        """Return how a base model did in each suite."""
        return self._by_base.get(base.casefold(), ())

    def base_of(self, item: ModelItem) -> str:
        """Return the base model that the first of a model version's ancestors was made of."""
        above = self.ancestors(item.row.id)
        return (above[-1] if above else item).row.base_model

    def made_of(self, base: str) -> list[ModelItem]:
        """Return all that came of a base model, the newest first."""
        return [item for item in self.items if self.base_of(item) == base]

    def ancestors(self, model: str) -> list[ModelItem]:
        """Return what a model version was made of: the nearest first."""
        found = []
        above = self.parents.get(model)
        while above is not None:
            found.append(self.by_id[above])
            above = self.parents.get(above)
        return found


def _without_circles(parents: dict[str, str]) -> dict[str, str]:
    """Return who comes of whom, each circle opened: nothing here makes one, an archive may."""
    settled: set[str] = set()
    for model in list(parents):
        walked: list[str] = []
        at: str | None = model
        while at is not None and at not in settled:
            settled.add(at)
            walked.append(at)
            at = parents.get(at)
        if at is not None and at in walked:
            del parents[at]
    return parents


def read_models(lab: Lab, search: str, today: date) -> ModelBook:
    """Read all model versions, and which of them a search finds; slow enough for a thread.

    Raises:
        SearchError: if a term of the search cannot be understood.
    """
    reader = lab.database.reader
    rows, origins, scores = model_list(reader), model_origins(reader), model_scores(reader)
    day_of, notice = _days(lab, rows)
    home = lab.places.home
    suites = tuple(suites_by_use(scores.values()))
    items = tuple(
        replace(
            _item(row, origins, today, day_of(row)),
            files_gone=_misses_files(row, home),
            scores=scores.get(row.id, ()),
            shown=score_in(scores.get(row.id, ()), suites[0]) if suites else None,
        )
        for row in rows
    )
    others = _others(scores, rows)
    if not search:
        return ModelBook(items, None, notice, others, suites)
    shutdowns = {item.row.id: item.shutdown for item in items if item.shutdown is not None}
    found = frozenset(models_found(reader, search, shutdowns, today))
    return ModelBook(items, found, notice, others, suites)


def book_of(connection: sqlite3.Connection, today: date, suite: str | None = None) -> ModelBook:
    """Return all model versions as a database has them, without a look at files and prices.

    Args:
        connection: where to read.
        today: from which days are counted.
        suite: the id of the only suite version whose scores count.
    """
    rows, origins = model_list(connection), model_origins(connection)
    scores = model_scores(connection, suite)
    items = tuple(
        replace(
            _item(row, origins, today, (row.retires_on, row.provider)),
            scores=scores.get(row.id, ()),
        )
        for row in rows
    )
    suites = tuple(suites_by_use(scores.values()))
    return ModelBook(items, others=_others(scores, rows), suites=suites)


_Scores = Mapping[str, tuple[SuiteScore, ...]]


def _others(scores: _Scores, rows: Iterable[ModelRow]) -> _Scores:
    """Return the scores of models that are not in the list."""
    known = {row.id for row in rows}
    return {model: found for model, found in scores.items() if model not in known}


_Days = Callable[[ModelRow], tuple[str | None, str | None]]


def _days(lab: Lab, rows: Iterable[ModelRow]) -> tuple[_Days, str | None]:
    """Return what tells when a model shuts down, and why it may not know that of all."""
    if not any(row.kind == "hosted" for row in rows):
        return (lambda _row: (None, None)), None
    from engine.errors import LabError
    from engine.rescue.retirement import Days
    from tui.background import in_words

    try:
        days = Days(lab)
    except LabError as error:
        # The figures are wrong; what providers announced is known all the same.
        return (lambda row: (row.retires_on, row.provider)), in_words(error)
    known: dict[str, tuple[str | None, str | None]] = {}

    def day_of(row: ModelRow) -> tuple[str | None, str | None]:
        if row.kind != "hosted":
            return None, None
        if row.retires_on is not None:
            return days.of(row)
        if row.base_model not in known:
            known[row.base_model] = days.of(row)
        return known[row.base_model]

    return day_of, None


def _misses_files(row: ModelRow, home: Path) -> bool:
    if row.path is None or row.gone_at is not None:
        return False
    try:
        return not (home / row.path).is_dir()
    except OSError:
        # A disk that does not answer has not lost them.
        return False


def _item(
    row: ModelRow,
    origins: Mapping[str, ModelOrigin],
    today: date,
    day: tuple[str | None, str | None],
) -> ModelItem:
    shutdown, source = day
    origin = origins.get(row.id, UNKNOWN)
    safe = replace(row, name=harmless(row.name), base_model=harmless(row.base_model))
    trained_on = None if origin.trained_on is None else harmless(origin.trained_on)
    return ModelItem(
        safe,
        replace(origin, trained_on=trained_on),
        shutdown,
        source,
        _days_left(shutdown, today),
    )


def _days_left(day: str | None, today: date) -> int | None:
    try:
        return None if day is None else (date.fromisoformat(day) - today).days
    except ValueError:
        return None
