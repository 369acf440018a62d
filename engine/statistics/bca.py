"""The interval in which a figure lies, by the bias-corrected and accelerated bootstrap."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.statistics.figures import Floats

CONFIDENCE = 0.95

_ROUNDING = 1e-12
"""Of the largest number: samples that are no further apart are the same."""

_NORMAL = NormalDist()


def interval(value: float, replicates: Floats, left_out: Floats) -> tuple[float, float]:
    """Return the 95% interval of a figure (Efron, JASA 82, 1987; DiCiccio and Efron, 1996).

    Beside the plain percentiles it minds that scores are often skewed: costs, lengths, shares near
    0 or 1. It is as good for a figure as for any rising function of it: the interval of the
    perplexity is exp of that of the loss. Samples without a figure (NaN) are passed over.

    Args:
        value: the figure of all rows.
        replicates: of samples of them.
        left_out: without each one of them.
    """
    import numpy as np

    known = replicates[~np.isnan(replicates)]
    if not known.size:
        return value, value
    scale = _ROUNDING * float(np.abs(known).max())
    if float(np.ptp(known)) <= scale:
        return value, value
    tail = (1 - CONFIDENCE) / 2
    levels = _levels(_share_below(value, known, scale), _acceleration(left_out), tail)
    low, high = np.quantile(known, levels)
    return float(low), float(high)


def _share_below(value: float, replicates: Floats, scale: float) -> float:
    """Return how many of the samples are below the figure; of those that equal it, one half."""
    import numpy as np

    below = np.count_nonzero(replicates < value - scale)
    equal = np.count_nonzero(np.abs(replicates - value) <= scale)
    return float((below + equal / 2) / replicates.size)


def _acceleration(left_out: Floats) -> float:
    """Return how fast the figure's spread changes with it, by the jackknife."""
    import numpy as np

    known = left_out[np.isfinite(left_out)]
    if not known.size:
        return 0.0
    apart = known.mean() - known
    squares = float((apart**2).sum())
    # Of rows that are all alike nothing is left but what rounding does.
    if squares <= known.size * (_ROUNDING * float(np.abs(known).max())) ** 2:
        return 0.0
    return float((apart**3).sum() / (6 * squares**1.5))


def _levels(below: float, acceleration: float, tail: float) -> tuple[float, float]:
    """Return between which shares of the samples the interval lies."""
    if not 0 < below < 1:
        return tail, 1 - tail
    bias = _NORMAL.inv_cdf(below)

    def level(share: float) -> float:
        reach = bias + _NORMAL.inv_cdf(share)
        return _NORMAL.cdf(bias + reach / (1 - acceleration * reach))

    return level(tail), level(1 - tail)
