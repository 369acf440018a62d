"""How likely a difference is where there is none: the paired randomization test."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.statistics.figures import Figure, mean_of
from engine.statistics.resampling import all_swaps, swaps

if TYPE_CHECKING:
    from engine.statistics.figures import Floats

_ROUNDING = 1e-12
"""Of the larger number: what is no further apart is the same."""

_COUNTED = 20_000
"""Of so many rows all ways to win are still counted in a blink."""


def p_value(first: Floats, second: Floats, figure: Figure, resamples: int, seed: int) -> float:
    """Return the two-sided p-value of the difference of a figure between two models.

    If the models were equally good, each row's two scores could as well have been the other way
    round (Noreen, 1989; Riezler and Maxwell, 2005): how many of these exchanges make a difference
    at least as large? All exchanges are looked at where they are few; otherwise some are drawn, and
    what was found is counted as one of them (Phipson and Smyth, 2010), so that no p-value is 0.

    Args:
        first: a line of parts for each row, of one model.
        second: the same rows of the other.
        figure: what is compared.
        resamples: how many exchanges are drawn, or the most that are all looked at.
        seed: of the draw.
    """
    differing = (first != second).any(axis=1)
    count = int(differing.sum())
    if count == 0:
        return 1.0
    test = _Test(first, second, figure)
    # Rows that are alike on both sides may change them without a trace.
    few = count < resamples.bit_length() and 2**count <= resamples
    drawn = all_swaps(count) if few else swaps(count, resamples, seed)
    extreme, looked_at = test.count(drawn, differing)
    return extreme / looked_at if few else (extreme + 1) / (looked_at + 1)


def p_value_of_means(first: Floats, second: Floats, resamples: int, seed: int) -> float:
    """Return the two-sided p-value of the difference of the means of one score.

    This is the sign-flip permutation test of the rows' differences. Where all that differ do so by
    the same amount, as 0/1 scores do, it is exact for any number of them: McNemar's exact test.
    """
    exact = _of_equal_steps(first - second)
    return p_value(first, second, mean_of, resamples, seed) if exact is None else exact


class _Test:
    """A difference, and how many exchanges of rows make one that is as large.

    Args:
        first: the parts of one model.
        second: those of the other.
        figure: what is compared.
    """

    def __init__(self, first: Floats, second: Floats, figure: Figure) -> None:
        self._rows = len(first)
        self._figure = figure
        self._first, self._second = first.sum(axis=0), second.sum(axis=0)
        self._moved = second - first

    def count(self, drawn: Iterator[Floats], differing: Floats) -> tuple[int, int]:
        """Return how many of the exchanges make a difference as large, and how many there are."""
        import numpy as np

        moved = self._moved[differing.astype(bool)]
        found, scale = self._difference(np.zeros((1, moved.shape[1])))
        least = abs(float(found[0])) - _ROUNDING * scale
        extreme = looked_at = 0
        for lines in drawn:
            differences, _ = self._difference(lines @ moved)
            extreme += int(np.count_nonzero(np.abs(differences) >= least))
            looked_at += len(lines)
        return extreme, looked_at

    def _difference(self, moved: Floats) -> tuple[Floats, float]:
        """Return the differences after moving so much over, and how large the figures are."""
        import numpy as np

        first = self._figure(self._first + moved, self._rows)
        second = self._figure(self._second - moved, self._rows)
        return first - second, float(max(np.abs(first).max(), np.abs(second).max()))


def _of_equal_steps(differences: Floats) -> float | None:
    """Return the exact p-value where all rows that differ do so by the same amount; else None."""
    import numpy as np

    apart = differences[differences != 0]
    size, count = np.abs(apart), int(apart.size)
    if count == 0:
        return 1.0
    if count > _COUNTED or float(np.ptp(size)) > _ROUNDING * float(size.max()):
        return None
    larger = max(int((apart > 0).sum()), int((apart < 0).sum()))
    ways = at_least = math.comb(count, larger)
    for wins in range(larger, count):
        ways = ways * (count - wins) // (wins + 1)
        at_least += ways
    return min(1.0, 2 * at_least / (1 << count))
