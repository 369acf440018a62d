"""What is computed out of the scores of many rows: a figure of their totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    """Numbers: of totals, a line for each sample and a column for each part."""

Figure: TypeAlias = "Callable[[Floats, int], Floats]"
"""Computes a figure for each line of totals, each of so many rows.

Means, ratios, perplexity and BLEU are all such figures: of a row it is enough to know its parts,
and each sample of rows costs one addition.
"""


def mean_of(totals: Floats, rows: int) -> Floats:
    """Return the mean of the rows' only part."""
    means: Floats = totals[:, 0] / rows
    return means


def ratio_of(totals: Floats, _rows: int) -> Floats:
    """Return how many times the total of the second part goes into that of the first.

    Where the second is 0 there is no such number (NaN).
    """
    import numpy as np

    first, second = totals[:, 0], totals[:, 1]
    nothing = np.full_like(first, np.nan)
    return np.divide(first, second, out=nothing, where=second != 0)


def pooled(figure: Callable[[Sequence[float]], float]) -> Figure:
    """Make a figure out of a function of one line of totals, such as that of a scorer."""

    def of_lines(totals: Floats, _rows: int) -> Floats:
        import numpy as np

        return np.array([figure(line) for line in totals.tolist()], dtype=np.float64)

    return of_lines
