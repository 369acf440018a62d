"""How jobs did, metric by metric, and which of them did best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store.queries.metrics import SeriesSummary

_HIGHER_IS_BETTER = ("accuracy", "reward", "tokens_per_second", "gpu_utilization")
_LOWER_IS_BETTER = ("loss", "perplexity", "seconds", "memory")


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of what is compared.

    Attributes:
        name: the metric, with what of it (`last`, `best`).
        values: its value for each; None where there is none.
        best: the places of the best values; none where it is not known what is better, or all are
            the same.
    """

    name: str
    values: tuple[float | None, ...]
    best: frozenset[int]

    @property
    def differs(self) -> bool:
        """Whether it is not the same for all."""
        return len(set(self.values)) > 1


def measured(summaries: Sequence[Mapping[str, SeriesSummary]]) -> list[Measured]:
    """Return the last value of each metric, and the best where it is known what is better.

    Args:
        summaries: of the series of each thing that is compared, by their names.
    """
    names = sorted({name for found in summaries for name in found}, key=_rank)
    rows = []
    for name in names:
        better = _better(name)
        found = [each.get(name) for each in summaries]
        last = tuple(None if summary is None else summary.last for summary in found)
        rows.append(Measured(f"{name}, last", last, best(last, better)))
        if better:
            extremes = tuple(_extreme(summary, better) for summary in found)
            rows.append(Measured(f"{name}, best", extremes, best(extremes, better)))
    return rows


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
    return "loss" not in name, not name.startswith(("eval", "valid", "full_valid")), name


def _better(name: str) -> int:
    """Return -1 if lower values of a metric are better, 1 if higher ones are, 0 if nobody knows."""
    if any(word in name for word in _HIGHER_IS_BETTER):
        return 1
    return -1 if any(word in name for word in _LOWER_IS_BETTER) else 0


def _extreme(summary: SeriesSummary | None, better: int) -> float | None:
    if summary is None:
        return None
    return summary.low if better < 0 else summary.high
