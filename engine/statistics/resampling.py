"""Drawing rows again and again, a bounded number of them in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.statistics.figures import Figure

if TYPE_CHECKING:
    from engine.statistics.figures import Floats

_AT_ONCE = 1 << 16
"""So many numbers are drawn at a time, which the processor's cache holds."""

_BITS = 8


def replicates(rows: Floats, figure: Figure, resamples: int, seed: int) -> Floats:
    """Return the figure of samples of as many rows, drawn with replacement (the bootstrap).

    Args:
        rows: a line for each row, a column for each of its parts.
        figure: what is computed of a sample's totals.
        resamples: how many samples are drawn.
        seed: the same one draws the same samples of as many rows with the same version of numpy.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    count = len(rows)
    found = []
    for lines in _portions(resamples, count):
        drawn = random.integers(0, count, size=(lines, count), dtype=np.int32)
        # How often each sample has each row: then any number of parts are added up in one product.
        places = drawn + count * np.arange(lines, dtype=np.int32)[:, None]
        times = np.bincount(places.ravel(), minlength=lines * count).reshape(lines, count)
        found.append(figure(times.astype(np.float64) @ rows, count))
    return np.concatenate(found)


def left_out(rows: Floats, figure: Figure) -> Floats:
    """Return the figure without each one of the rows in turn (the jackknife)."""
    return figure(rows.sum(axis=0) - rows, len(rows) - 1)


def swaps(rows: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield lines of zeros and ones, each of which tells which rows change sides."""
    import numpy as np

    random = np.random.default_rng(seed)
    width = -(-rows // _BITS)
    for lines in _portions(resamples, rows):
        drawn = np.frombuffer(random.bytes(lines * width), dtype=np.uint8).reshape(lines, width)
        yield np.unpackbits(drawn, axis=1, count=rows).astype(np.float64)


def all_swaps(rows: int) -> Iterator[Floats]:
    """Yield each way in which rows can change sides, once, as `swaps` does."""
    import numpy as np

    places, at = np.arange(rows), 0
    for lines in _portions(2**rows, rows):
        numbers = np.arange(at, at + lines)
        yield ((numbers[:, None] >> places) & 1).astype(np.float64)
        at += lines


def _portions(lines: int, width: int) -> Iterator[int]:
    """Divide so many lines into portions of a bounded size."""
    portion = max(1, _AT_ONCE // max(width, 1))
    for at in range(0, lines, portion):
        yield min(portion, lines - at)
