"""Whether what a suite asks stands in what models were trained on: then its scores prove little.

A prompt leaks if an example answers the very same question, or nearly the same one: one with which
it shares most of its three-word phrases, whatever the numbers in it; `engine.suites.leak_keys` has
the measure. Each dataset is read once, however many models learned from it; only the suite is in
memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.cleaning.index import NearIndex
from engine.data.cleaning.near import require_rensa
from engine.data.errors import DataError, MissingPackageError
from engine.data.parallel import in_order
from engine.data.reading.files import RowFile, read_rows
from engine.data.reading.options import ReadingOptions
from engine.suites.leak_keys import LIKENESS, Keys, KeysOfBatch, keys_of_question
from engine.suites.learned_from import Learned, data_of_version, learned_from
from engine.suites.prompts import Prompt, kept
from store.errors import StoreError
from store.queries.datasets import dataset
from store.queries.models import ModelRow

if TYPE_CHECKING:
    from engine.data.reading.reader import RowBatch
    from engine.lab import Lab
    from store.queries.suites import SuiteRow

Progress = Callable[[int, int | None], None]
"""Told of bytes read and in all."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A prompt of a suite that stands in training data.

    Attributes:
        row: which prompt of the suite, counted from 1.
        digest: the prompt's digest.
        question: the text of its last message.
        data: what it stands in.
        example: the first example that answers it there, counted from 1.
        times: how many examples do.
    """

    row: int
    digest: str
    question: str
    data: Learned
    example: int
    times: int


@dataclass(frozen=True, slots=True)
class Leaks:
    """What of a suite stands in training data.

    Attributes:
        prompts: how many prompts were looked for.
        exact: those that stand there word for word.
        near: others, that stand there nearly so.
        looked_at: what was looked through.
        why_not: what could not be, in sentences; None if it was all.
    """

    prompts: int
    exact: tuple[Leak, ...]
    near: tuple[Leak, ...]
    looked_at: tuple[Learned, ...]
    why_not: str | None

    @property
    def rows(self) -> int:
        """How many prompts of the suite leaked."""
        return len({leak.row for leak in (*self.exact, *self.near)})


def leaks(
    lab: Lab,
    suite: SuiteRow,
    models: ModelRow | Sequence[str],
    progress: Progress | None = None,
) -> Leaks:
    """Look for the prompts of a suite in what a model was trained on, in all its stages.

    Args:
        lab: where the suite and the data are.
        suite: a version of a suite.
        models: a model version, or the ids or names of dataset versions.
        progress: told how far the data has been read.

    Raises:
        NotFoundError: if there is no such dataset version, or the suite's prompts are missing.
        BlobCorruptError: if stored content has changed.
    """
    if isinstance(models, ModelRow):
        [found] = leaks_of_each(lab, suite, [models], progress)
        return found
    data, missing = _versions(lab, models)
    return _Search(lab, suite).through([(data, missing)], progress)[0]


def leaks_of_each(
    lab: Lab, suite: SuiteRow, models: Iterable[ModelRow], progress: Progress | None = None
) -> list[Leaks]:
    """Look for the prompts of a suite in what each of several models was trained on; see `leaks`.

    Data that several of them learned from is read once.
    """
    wanted = [learned_from(lab, row) for row in models]
    return _Search(lab, suite).through(wanted, progress)


def _versions(lab: Lab, references: Sequence[str]) -> tuple[list[Learned], list[str]]:
    rows = [dataset(lab.database.reader, reference) for reference in references]
    found = [data_of_version(lab, row) for row in rows]
    data = {each.content: each for each in found if isinstance(each, Learned)}
    return list(data.values()), [each for each in found if isinstance(each, str)]


@dataclass(slots=True)
class _Seen:
    """Where a prompt was found: first in which example, and how often."""

    example: int
    times: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found in one piece of data, by the prompts' places."""

    exact: dict[int, _Seen]
    near: dict[int, _Seen]


class _Search:
    """The prompts of a suite, by their keys."""

    def __init__(self, lab: Lab, suite: SuiteRow) -> None:
        self._lab = lab
        self._prompts: list[Prompt] = list(kept(lab.blobs, suite.content))
        self._exact: dict[bytes, list[int]] = {}
        self._index, self._why_not_near = _near_index()
        self._places: list[int] = []
        for place, prompt in enumerate(self._prompts):
            keys = keys_of_question(prompt.messages, near=self._index is not None)
            for key in keys.exact:
                self._exact.setdefault(key, []).append(place)
            if self._index is not None:
                for key in keys.near:
                    self._index.add(key)
                    self._places.append(place)

    def through(
        self, wanted: Sequence[tuple[Sequence[Learned], Sequence[str]]], progress: Progress | None
    ) -> list[Leaks]:
        """Look through data, each piece once, and return for each wish what is in its own."""
        pieces = {each.content: each for data, _ in wanted for each in data}
        told = _Told(sum(self._size(each) for each in pieces.values()), progress)
        found: dict[str, _Found | str] = {}
        for content, each in pieces.items():
            try:
                found[content] = self._in(each, told)
            except (StoreError, DataError) as error:
                found[content] = f"{each.name} could not be read: {error}"
        return [self._leaks(data, missing, found) for data, missing in wanted]

    def _size(self, data: Learned) -> int:
        return self._lab.blobs.path(data.content).stat().st_size

    def _leaks(
        self, data: Sequence[Learned], missing: Sequence[str], found: dict[str, _Found | str]
    ) -> Leaks:
        exact: dict[int, Leak] = {}
        near: dict[int, Leak] = {}
        looked_at, why_not = [], list(missing)
        for each in data:
            here = found[each.content]
            if isinstance(here, str):
                why_not.append(here)
                continue
            looked_at.append(each)
            for place, seen in here.exact.items():
                exact.setdefault(place, self._leak(place, each, seen))
            for place, seen in here.near.items():
                near.setdefault(place, self._leak(place, each, seen))
        if self._why_not_near is not None and looked_at:
            why_not.append(self._why_not_near)
        return Leaks(
            len(self._prompts),
            tuple(exact[place] for place in sorted(exact)),
            tuple(near[place] for place in sorted(near.keys() - exact.keys())),
            tuple(looked_at),
            "; ".join(why_not) or None,
        )

    def _leak(self, place: int, data: Learned, seen: _Seen) -> Leak:
        prompt = self._prompts[place]
        return Leak(place + 1, prompt.digest, prompt.question, data, seen.example, seen.times)

    def _in(self, data: Learned, told: _Told) -> _Found:
        found = _Found({}, {})
        for number, keys in enumerate(self._keys(data, told), 1):
            exact = {place for key in keys.exact for place in self._exact.get(key, ())}
            for place in exact:
                found.exact.setdefault(place, _Seen(number)).times += 1
            for place in self._nearly(keys) - exact:
                found.near.setdefault(place, _Seen(number)).times += 1
        return found

    def _nearly(self, keys: Keys) -> set[int]:
        index = self._index
        if index is None:
            return set()
        return {self._places[number] for key in keys.near for number in index.lookup(key)}

    def _keys(self, data: Learned, told: _Told) -> Iterator[Keys]:
        work = KeysOfBatch(near=self._index is not None)
        stored = self._lab.blobs.verified(data.content)
        with read_rows(stored, ReadingOptions(file_format="jsonl")) as rows:
            for keys in in_order(work, told.batches(rows)):
                yield from keys


class _Told:
    """Tells how far all the data has been read."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress = total, progress
        self._before = 0

    def batches(self, rows: RowFile) -> Iterator[RowBatch]:
        """Yield the batches of a file, telling how far it has been read."""
        for batch in rows.batches():
            yield batch
            if self._progress is not None:
                self._progress(self._before + rows.position, self._total)
        self._before += rows.position


def _near_index() -> tuple[NearIndex | None, str | None]:
    """Return the index of near duplicates, or why there is none."""
    try:
        require_rensa()
    except MissingPackageError as error:
        return None, f"nothing was looked for in other words. {error}"
    return NearIndex(LIKENESS), None
