"""How jobs did, metric by metric, and which of them did best."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.queries.metrics import SeriesSummary

_OF_EVALUATIONS = ("eval", "valid", "full_valid")
_OF_QUALITY = ("loss", "perplexity", "accuracy", "reward")
_HIGHER_IS_BETTER = ("accuracy", "reward")
_LOWER_IS_BETTER = ("loss", "perplexity")
"""Of what a machine did, such as its memory, nobody knows: more of it may be well used."""


@dataclass(frozen=True, slots=True)
class End:
    """Where something was measured.

    Attributes:
        finished: whether at the end of a training that came to its end, rather than was cut short.
        step: after which step.
        of: which data it was measured on, and in whose tokens.
    """

    finished: bool
    step: int | None
    of: Hashable = None


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured while something was trained.

    Attributes:
        series: its metrics, by their names.
        finished: whether the training came to its end; else it runs, or was cut short.
        trained_on: the data of its training metrics, and whose tokens.
        evaluated_on: the data of its evaluation metrics, and whose tokens.
    """

    series: Mapping[str, SeriesSummary]
    finished: bool = True
    trained_on: Hashable = None
    evaluated_on: Hashable = None

    def end(self, name: str) -> End | None:
        """Return where a metric has its last value; None if it was never measured."""
        if (found := self.series.get(name)) is None:
            return None
        of = self.evaluated_on if _is_of_evaluations(name) else self.trained_on
        return End(self.finished, found.last_step, of)


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of what is compared.

    Attributes:
        name: the metric, with what of it (`last`, `best`).
        values: its value for each; None where there is none.
        best: the places of the best values; none where it is not known what is better, all are
            the same, or they cannot be held against each other.
    """

    name: str
    values: tuple[float | None, ...]
    best: frozenset[int]

    @property
    def differs(self) -> bool:
        """Whether it is not the same for all."""
        return len(set(self.values)) > 1


def measured(runs: Sequence[Run]) -> list[Measured]:
    """Return the last value of each metric, and the best where it is known what is better.

    The best of those that can be held against each other are marked, see `comparable`; of training
    only if no evaluation tells: a falling loss on what is learned is no proof of a better model.
    """
    names = sorted({name for run in runs for name in run.series}, key=_rank)
    fair = {name: comparable([run.end(name) for run in runs]) for name in names}
    evaluated = any(
        _is_of_evaluations(name) and direction_of(name) and fair[name] for name in names
    )
    rows = []
    for name in names:
        better = direction_of(name)
        learned = _is_of_quality(name) and not _is_of_evaluations(name)
        marked = frozenset() if evaluated and learned else fair[name]
        found = [run.series.get(name) for run in runs]
        last = tuple(None if summary is None else summary.last for summary in found)
        rows.append(Measured(f"{name}, last", last, best_among(marked, last, better)))
        if better:
            extremes = tuple(_extreme(summary, better) for summary in found)
            rows.append(Measured(f"{name}, best", extremes, best_among(marked, extremes, better)))
    return rows


def comparable(ends: Sequence[End | None]) -> frozenset[int]:
    """Return the places of what can be held against each other, at least two of them, or none.

    These are trainings that came to their ends; where that are not two, trainings that stand at the
    same step. All of them have to be measured on the same data: else the best of a row would be the
    one with the easiest data.
    """
    known = {place: end for place, end in enumerate(ends) if end is not None}
    finished = {place: end for place, end in known.items() if end.finished}
    chosen = finished if len(finished) > 1 else known
    if chosen is known and len({end.step for end in known.values()}) > 1:
        return frozenset()
    alike = len({end.of for end in chosen.values()}) == 1
    return frozenset(chosen) if alike and len(chosen) > 1 else frozenset()


def best_among(
    places: Iterable[int], values: Sequence[float | None], better: int
) -> frozenset[int]:
    """Return the places of the best values among some of them; see `best`."""
    candidates = set(places)
    return best(
        [value if place in candidates else None for place, value in enumerate(values)], better
    )


def best(values: Sequence[float | None], better: int) -> frozenset[int]:
    """Return the places of the best values; none if there is nothing to choose from.

    Args:
        values: what was measured; None and what is not finite is no candidate.
        better: -1 if lower values are, 1 if higher ones are, 0 if nobody knows.
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not better or len(set(known)) < 2:
        return frozenset()
    wanted = max(known) if better > 0 else min(known)
    return frozenset(place for place, value in enumerate(values) if value == wanted)


def _rank(name: str) -> tuple[bool, bool, str]:
    """Losses come first, those of an evaluation before those of training."""
    return "loss" not in name, not _is_of_evaluations(name), name


def _is_of_evaluations(name: str) -> bool:
    return name.startswith(_OF_EVALUATIONS)


def _is_of_quality(name: str) -> bool:
    return any(word in name for word in _OF_QUALITY)


def direction_of(name: str) -> int:
    """Return -1 if lower values of a metric are better, 1 if higher ones are, 0 if nobody knows."""
    if any(word in name for word in _HIGHER_IS_BETTER):
        return 1
    return -1 if any(word in name for word in _LOWER_IS_BETTER) else 0


def _extreme(summary: SeriesSummary | None, better: int) -> float | None:
    if summary is None:
        return None
    return summary.low if better < 0 else summary.high
