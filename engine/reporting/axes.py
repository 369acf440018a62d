"""Axes of a chart: which values it reaches over, and where its marks stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WIDE = 100.0
"""How many times the least value the highest is from which on logarithms are drawn."""

_MARGIN = 0.04


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis reaches over.

    Attributes:
        low: its least value.
        high: its highest.
        logarithmic: whether it is of logarithms; then both are above 0.
        marks: the values that are written at it.
    """

    low: float
    high: float
    logarithmic: bool
    marks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value stands, from 0 at the least value to 1 at the highest."""
        if self.logarithmic:
            low, high, value = math.log(self.low), math.log(self.high), math.log(value)
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)


def axis(values: Iterable[float], marks: int, *, may_be_logarithmic: bool = False) -> Axis:
    """Return an axis for values.

    Args:
        values: what is drawn; what is not finite does not count.
        marks: about how many marks it has room for.
        may_be_logarithmic: whether values of very different sizes are drawn by their logarithms.
    """
    known = [value for value in values if math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if low == high:
        # A flat curve runs through the middle.
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    if may_be_logarithmic and low > 0 and high / low > _WIDE:
        return Axis(low / 1.1, high * 1.1, True, _powers(low, high, marks))
    return Axis(low, high, False, nice_marks(low, high, marks))


def with_margin(found: Axis, marks: int) -> Axis:
    """Return an axis that reaches a little further on both sides, so that no curve is cut."""
    if found.logarithmic:
        return found
    room = (found.high - found.low) * _MARGIN
    # What counts from 0 begins there.
    low = 0.0 if 0 <= found.low <= room else found.low - room
    high = found.high + room
    return Axis(low, high, False, nice_marks(low, high, marks))


def nice_marks(low: float, high: float, about: int) -> tuple[float, ...]:
    """Return round values between two, about so many (Heckbert, Graphics Gems, 1990)."""
    rough = (high - low) / max(1, about)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in _STEPS if power * each >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(place * step, 12) for place in range(first, last + 1))


def _powers(low: float, high: float, about: int) -> tuple[float, ...]:
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    apart = max(1, -(-(last - first + 1) // max(1, about)))
    return tuple(10.0**power for power in range(first, last + 1, apart))


def spread(places: Sequence[float], least: float) -> list[float]:
    """Return places that are at least so far apart, each as near as may be to where it was.

    For labels at the ends of curves, in parts of the height.
    """
    order = sorted(range(len(places)), key=lambda number: places[number])
    found = list(places)
    for before, after in pairwise(order):
        found[after] = max(found[after], found[before] + least)
    # What was pushed out below is pushed back, from the end.
    limit = 1.0
    for number in reversed(order):
        found[number] = min(found[number], limit)
        limit = found[number] - least
    return found
