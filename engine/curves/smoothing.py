"""Curves without their jitter."""

from __future__ import annotations

import math
from collections.abc import Sequence


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
