"""How a number spreads over the examples of a dataset: their tokens, messages or characters."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from math import floor
from typing import Any, NamedTuple

from engine.data.errors import DataError

_TYPECODE = "I"
"""Four bytes an example, which is enough for 4,294,967,295 tokens."""

_TAIL = 0.99
"""A histogram spreads its bins over this part of the examples; the rest goes into one bin more."""


class Bin(NamedTuple):
    """One bar of a histogram.

    Attributes:
        low: the least value in it.
        high: the greatest value in it.
        examples: how many examples are.
    """

    low: int
    high: int
    examples: int


class Distribution:
    """The values of all examples, and what describes them.

    Args:
        values: one for each example, in their order; held in four bytes each.

    Attributes:
        values: the same.
    """

    def __init__(self, values: Iterable[int] = ()) -> None:
        self.values = array(_TYPECODE, values)

    @classmethod
    def unpack(cls, data: bytes) -> Distribution:
        """Return the distribution that `pack` wrote.

        Raises:
            DataError: if these are no packed values.
        """
        values = array(_TYPECODE)
        if len(data) % values.itemsize:
            raise DataError("The counts of the examples are damaged: count the dataset again.")
        values.frombytes(data)
        return cls(_little_endian(values))

    def pack(self) -> bytes:
        """Return the values as bytes: four each, little-endian, in the order of the examples."""
        return _little_endian(self.values).tobytes()

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return len(self.values)

    @cached_property
    def total(self) -> int:
        """The sum of all values."""
        return sum(self.values)

    @property
    def minimum(self) -> int:
        """The least value; 0 if there is none."""
        return self._ordered[0][0] if self._ordered else 0

    @property
    def maximum(self) -> int:
        """The greatest value; 0 if there is none."""
        return self._ordered[-1][0] if self._ordered else 0

    @property
    def mean(self) -> float:
        """The average; 0 if there is no value."""
        return self.total / len(self.values) if self.values else 0.0

    @property
    def median(self) -> float:
        """The value in the middle."""
        return self.percentile(50)

    def percentile(self, percent: float) -> float:
        """Return the value that so many percent of the examples do not exceed.

        Between two values it is interpolated, as numpy's `percentile` does by default (Hyndman and
        Fan's rule 7). Without values it is 0.
        """
        if not self.values:
            return 0.0
        position = (len(self.values) - 1) * percent / 100
        below = floor(position)
        low = self._at(below)
        high = self._at(min(below + 1, len(self.values) - 1))
        return low + (high - low) * (position - below)

    def histogram(self, bins: int = 10) -> list[Bin]:
        """Return bars of equal width, and a wider last one for the few that are far off.

        Args:
            bins: how many bars at most, the last one included.
        """
        if not self.values:
            return []
        first = self.minimum
        width = _round_width(floor(self.percentile(100 * _TAIL)) - first + 1, max(bins - 1, 1))
        last = min((self.maximum - first) // width, max(bins - 1, 0))
        counts = [0] * (last + 1)
        for value, examples in self._ordered:
            counts[min((value - first) // width, last)] += examples
        ends = [first + (number + 1) * width - 1 for number in range(last)]
        starts = [first + number * width for number in range(last + 1)]
        return [Bin(*bar) for bar in zip(starts, [*ends, self.maximum], counts, strict=True)]

    def over(self, limit: int) -> int:
        """Return how many examples exceed a limit."""
        return sum(examples for value, examples in self._ordered if value > limit)

    def truncated_total(self, limit: float) -> int:
        """Return the sum of all values, with what exceeds a limit cut off, rounded."""
        return round(sum(min(value, limit) * examples for value, examples in self._ordered))

    def to_json(self) -> dict[str, Any]:
        """Return what describes the values, as plain JSON; the values themselves are left out."""
        return {
            "examples": self.examples,
            "total": self.total,
            "min": self.minimum,
            "max": self.maximum,
            "mean": self.mean,
            "median": self.median,
            "p5": self.percentile(5),
            "p95": self.percentile(95),
            "histogram": [bar._asdict() for bar in self.histogram()],
        }

    @cached_property
    def _ordered(self) -> list[tuple[int, int]]:
        """The distinct values, from the least, with how many examples have each."""
        return sorted(Counter(self.values).items())

    @cached_property
    def _ranks(self) -> list[int]:
        """How many examples have each distinct value or a lesser one."""
        return list(accumulate(examples for _, examples in self._ordered))

    def _at(self, place: int) -> int:
        """Return the value at a place of the sorted values."""
        return self._ordered[bisect_right(self._ranks, place)][0]


def _round_width(span: int, bins: int) -> int:
    """Return the least width of 1, 2 or 5 times a power of ten with which bins cover a span."""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if step * scale * bins >= span:
                return step * scale
        scale *= 10


def _little_endian(values: array[int]) -> array[int]:
    if sys.byteorder == "little":
        return values
    swapped = values[:]
    swapped.byteswap()
    return swapped
