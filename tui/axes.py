"""Where the marks of a chart's axes stand, and what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_WHOLE_ENDS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_IN_A_DECADE = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))


def ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return at least two round numbers between two values, evenly apart.

    Args:
        low: the least value.
        high: the greatest value, greater than `low`.
        wanted: about how many steps there should be between them.
    """
    step = _round_up((high - low) / wanted, _NICE)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last <= first:
        return ticks(low, high, wanted * 2)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return round numbers between two positive values for an axis of logarithms.

    Where there are none to speak of between them, they are evenly apart as on any other axis.

    Args:
        low: the least value.
        high: the greatest value, greater than `low`.
        wanted: about how many there should be.
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found: list[float] = []
    for steps in _IN_A_DECADE:
        found = [
            step * 10.0**decade
            for decade in decades
            for step in steps
            if low <= step * 10.0**decade <= high
        ]
        if len(found) >= wanted:
            break
    if len(found) < 2:
        return ticks(low, high, wanted)
    apart = max(1, len(found) // (2 * wanted))
    return found[::apart]


def step_ticks(last_step: int, wanted: int, first_step: int = 0) -> list[float]:
    """Return round steps, all of them whole numbers and none past the first or last step."""
    span = max(1, last_step - first_step)
    apart = max(1, math.ceil(_round_up(span / max(1, wanted), _NICE)))
    begin = -(-first_step // apart) * apart
    return [float(step) for step in range(begin, max(first_step + 1, last_step) + 1, apart)]


def tick_labels(values: Sequence[float]) -> list[str]:
    """Return labels with just as many decimals as tell the ticks apart."""
    if len(values) < 2:
        return [f"{value:.3g}" for value in values]
    step = min(after - before for before, after in pairwise(values))
    largest = max(abs(values[0]), abs(values[-1]))
    if largest >= 1e6 or step < 1e-4:
        return [f"{value:.2e}" for value in values]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if not math.isclose(step, round(step, decimals), rel_tol=1e-6):
        decimals += 1
    return [f"{value:.{decimals}f}" for value in values]


def axis_end(last_step: int, total_steps: int | None) -> int:
    """Return where the x axis of a job ends.

    A little past the newest step and round, so that the axis of a running job stays as it is for a
    while instead of being repainted at every step; never past the last step that there will be.
    """
    end = math.ceil(_round_up(max(1, last_step), _WHOLE_ENDS))
    return max(last_step, min(end, total_steps)) if total_steps else end


def round_end(value: float) -> float:
    """Return a round value a little past this one: where an axis ends that is about to grow."""
    return _round_up(value, _WHOLE_ENDS) if value > 0 else 1.0


def _round_up(value: float, nice: Sequence[float]) -> float:
    scale = 10.0 ** math.floor(math.log10(value))
    return scale * next(factor for factor in nice if factor * scale >= value * (1 - 1e-9))
