"""Two models' scores of the same rows: how far apart they are, and how certain that is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from engine.statistics.bca import interval
from engine.statistics.extras import require_numpy
from engine.statistics.figures import Figure, mean_of, pooled, ratio_of
from engine.statistics.resampling import left_out, replicates
from engine.statistics.swapping import p_value, p_value_of_means

if TYPE_CHECKING:
    from engine.statistics.figures import Floats

_FEWEST_RESAMPLES = 2_000
_MOST_DRAWS = 10_000_000
"""Rows of all samples together: of more than a thousand rows, fewer samples are drawn."""

RESAMPLES = 10_000
"""As many samples move the ends of a 95% interval by about a hundredth of its width."""

_Score = TypeVar("_Score")


@dataclass(frozen=True, slots=True)
class Pairs(Generic[_Score]):
    """The scores of rows that both of two models have.

    Attributes:
        first: the scores of one model.
        second: those of the other, of the same rows in the same order.
        only_first: how many rows only the one has, which are left out.
        only_second: how many only the other has.
    """

    first: tuple[_Score, ...]
    second: tuple[_Score, ...]
    only_first: int = 0
    only_second: int = 0

    @property
    def rows(self) -> int:
        """How many rows both have."""
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and where it lies for rows like these.

    Of one row, or of rows that are all alike, samples tell nothing: the interval is the value then
    (`alike`). For a share of 0 or 1, `engine.comparing.intervals.wilson` still tells something.

    Attributes:
        value: the figure.
        low: where its 95% interval begins.
        high: where it ends.
        rows: of how many rows.
    """

    value: float
    low: float
    high: float
    rows: int

    @property
    def alike(self) -> bool:
        """Whether nothing can be told of how certain it is."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """By how much the first model's figure is larger than the second's.

    Attributes:
        p: how likely a difference is that is at least as large, on either side, if there is none.
    """

    p: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows the first model did better, as well, and worse."""

    wins: int
    ties: int
    losses: int


def pair(first: Mapping[str, _Score | None], second: Mapping[str, _Score | None]) -> Pairs[_Score]:
    """Put two models' scores side by side.

    Args:
        first: one model's scores by row; None, or no entry, where it has none.
        second: the other's.
    """
    one = {row: score for row, score in first.items() if score is not None}
    other = {row: score for row, score in second.items() if score is not None}
    # In an order of their own, so that the same samples are drawn whichever model is the first.
    both = sorted(one.keys() & other.keys())
    return Pairs(
        tuple(one[row] for row in both),
        tuple(other[row] for row in both),
        len(one) - len(both),
        len(other) - len(both),
    )


def mean(values: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Return the mean of scores with its interval.

    Args:
        values: the scores, at least one.
        resamples: how many samples are drawn for the interval.
        seed: of the draw; the same one gives the same interval.

    Raises:
        MissingPackageError: if numpy is not installed.
        ValueError: if there are no scores, or one is no finite number.
    """
    return _estimate(_parts([(value,) for value in values]), mean_of, resamples, seed)


def figure_of(
    parts: Sequence[Sequence[float]],
    figure: Callable[[Sequence[float]], float],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return a figure of all rows together with its interval: BLEU, perplexity.

    Args:
        parts: of each row, what is added up; see `engine.scoring.scorer.Pooled`.
        figure: what is computed of the totals.
        resamples: how many samples are drawn for the interval.
        seed: of the draw.

    Raises:
        MissingPackageError: if numpy is not installed.
        ValueError: if there are no rows, or a part is no finite number.
    """
    return _estimate(_parts(parts), pooled(figure), resamples, seed)


def difference(pairs: Pairs[float], *, resamples: int = RESAMPLES, seed: int = 0) -> Difference:
    """Return by how much the first model's mean is larger, with its interval and p-value.

    Args:
        pairs: the scores of both, of at least one row.
        resamples: how many samples are drawn for the interval, and exchanges for the p-value.
        seed: of the draw.

    Raises:
        MissingPackageError: if numpy is not installed.
        ValueError: if they have no row in common, or a score is no finite number.
    """
    first = _parts([(score,) for score in pairs.first])
    second = _parts([(score,) for score in pairs.second])
    apart = _estimate(first - second, mean_of, resamples, seed)
    p = p_value_of_means(first, second, resamples, seed)
    return Difference(apart.value, apart.low, apart.high, apart.rows, p)


def difference_of_figures(
    pairs: Pairs[Sequence[float]],
    figure: Callable[[Sequence[float]], float],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Return by how much a figure of all the first model's rows together is larger.

    Args:
        pairs: of each row, what is added up, of both models; at least one row.
        figure: what is computed of the totals.
        resamples: how many samples and exchanges are drawn.
        seed: of the draw.

    Raises:
        MissingPackageError: if numpy is not installed.
        ValueError: if they have no row in common, or a part is no finite number.
    """
    import numpy as np

    first, second, each = _parts(pairs.first), _parts(pairs.second), pooled(figure)
    if bool((first == second).all()):
        return Difference(0.0, 0.0, 0.0, len(first), 1.0)
    width = first.shape[1]

    def apart(totals: Floats, rows: int) -> Floats:
        return each(totals[:, :width], rows) - each(totals[:, width:], rows)

    found = _estimate(np.hstack([first, second]), apart, resamples, seed)
    p = p_value(first, second, each, resamples, seed)
    return Difference(found.value, found.low, found.high, found.rows, p)


def ratio(pairs: Pairs[float], *, resamples: int = RESAMPLES, seed: int = 0) -> Estimate | None:
    """Return how many times as large the first model's total is (of costs), with its interval.

    Args:
        pairs: what each row cost with both, of at least one row.
        resamples: how many samples are drawn for the interval.
        seed: of the draw.

    Returns:
        None if the second model's total is 0.

    Raises:
        MissingPackageError: if numpy is not installed.
        ValueError: if they have no row in common, or a number is not finite.
    """
    rows = _parts(list(zip(pairs.first, pairs.second, strict=True)))
    if rows[:, 1].sum() == 0:
        return None
    return _estimate(rows, ratio_of, resamples, seed)


def tally(pairs: Pairs[float], *, higher_is_better: bool = True, tie: float = 0.0) -> Tally:
    """Count the rows that the first model did better, as well, and worse.

    Args:
        pairs: the scores of both.
        higher_is_better: whether the larger score wins.
        tie: scores that are no further apart are as good.
    """
    sign = 1 if higher_is_better else -1
    apart = [sign * (one - other) for one, other in zip(pairs.first, pairs.second, strict=True)]
    wins = sum(each > tie for each in apart)
    losses = sum(each < -tie for each in apart)
    return Tally(wins, len(apart) - wins - losses, losses)


def _estimate(rows: Floats, figure: Figure, resamples: int, seed: int) -> Estimate:
    value = float(figure(rows.sum(axis=0, keepdims=True), len(rows))[0])
    if len(rows) == 1 or bool((rows == rows[0]).all()):
        return Estimate(value, value, value, len(rows))
    fewer = max(_FEWEST_RESAMPLES, _MOST_DRAWS // len(rows))
    samples = replicates(rows, figure, min(resamples, fewer), seed)
    low, high = interval(value, samples, left_out(rows, figure))
    return Estimate(value, low, high, len(rows))


def _parts(rows: Sequence[Sequence[float]]) -> Floats:
    require_numpy()
    import numpy as np

    if not rows:
        raise ValueError("there is no row to compute anything of")
    if not all(math.isfinite(part) for row in rows for part in row):
        raise ValueError("a score is no finite number")
    return np.array(rows, dtype=np.float64)
