"""How certain a share is that was found by so many trials."""

from __future__ import annotations

import math

_Z = 1.959964
"""95% of a normal distribution lies within so many standard deviations of its mean."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% interval of a share, by Wilson's score (JASA 22, 1927).

    It holds where trials are independent of each other; it stays within 0 and 1, and tells
    something of few trials, too.

    Args:
        successes: how many of the trials succeeded.
        trials: how many there were, at least one.
    """
    share = successes / trials
    spread = _Z * math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    middle, scale = share + _Z**2 / (2 * trials), 1 + _Z**2 / trials
    low = 0.0 if successes == 0 else (middle - spread) / scale
    high = 1.0 if successes == trials else (middle + spread) / scale
    return low, high
