"""How curves are looked at: which chart, which steps of it, on which scale, how smooth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

SMOOTHINGS = (0.0, 0.6, 0.9, 0.99)
"""Weights of the past in an exponential moving average; 0 draws what was measured."""

_ZOOM = 2.0
_PAN = 0.25
_LEAST_SPAN = 4


@dataclass(frozen=True, slots=True)
class CurveLook:
    """How curves are looked at.

    Attributes:
        chart: the number of the chart, from any number on round and round.
        log: whether the scale is of logarithms.
        smoothing: which of `SMOOTHINGS`.
        window: the first and last step in sight; None for all of them.
    """

    chart: int = 0
    log: bool = False
    smoothing: int = 0
    window: tuple[int, int] | None = None

    @property
    def weight(self) -> float:
        """The weight of the past in the smoothed curve."""
        return SMOOTHINGS[self.smoothing % len(SMOOTHINGS)]

    def zoomed(self, closer: int, end: int) -> CurveLook:
        """Return a look at half or twice as many steps, about the middle of those in sight.

        Args:
            closer: 1 for half as many, -1 for twice as many.
            end: the last step of the whole curves.
        """
        first, last = self.window or (0, end)
        span = max(_LEAST_SPAN, round((last - first) / _ZOOM**closer))
        middle = (first + last) // 2
        return self._at(middle - span // 2, span, end)

    def panned(self, by: int, end: int) -> CurveLook:
        """Return a look a quarter of the window to the right; to the left if negative."""
        first, last = self.window or (0, end)
        span = last - first
        return self._at(first + by * max(1, round(span * _PAN)), span, end)

    def _at(self, first: int, span: int, end: int) -> CurveLook:
        if span >= end:
            return replace(self, window=None)
        first = max(0, min(first, end - span))
        return replace(self, window=(first, first + span))

    def frame(self, end: int) -> tuple[int, int]:
        """Return the first and the last step to draw of curves that end at a step."""
        return self.window if self.window is not None and self.window[0] < end else (0, end)


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """Return the exponential moving average of values, without the pull of its beginning.

    As in TensorBoard: s = weight * s + (1 - weight) * value, divided by 1 - weight ** n, the n of
    those that are finite (Kingma & Ba 2015, section 3, on the same correction).

    Args:
        values: what was measured; values that are not finite stay as they are.
        weight: of the past, from 0 to below 1.
    """
    found, average, seen = [], 0.0, 0
    for value in values:
        if not math.isfinite(value):
            found.append(value)
            continue
        seen += 1
        average = weight * average + (1 - weight) * value
        found.append(average / (1 - weight**seen))
    return found
