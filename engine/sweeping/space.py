"""Which settings a sweep tries: every combination of some, or some drawn at random."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine.data.versions.splitting import random_words
from engine.errors import RequestError

MOST_TRIALS = 500
"""More than that is a slip of the hand, or wants a cleverer search."""

_WORD = 2**64
_DIGITS = 3
_DRAWS_A_TRIAL = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """Some values of a setting, each of them once.

    Attributes:
        values: in the order in which they were named.
    """

    values: tuple[Any, ...]

    def at(self, part: float) -> object:
        """Return the value at a part, 0 to below 1, of all of them."""
        return self.values[int(part * len(self.values))]

    def to_json(self) -> object:
        """Return it as plain JSON."""
        return list(self.values)


@dataclass(frozen=True, slots=True)
class Range:
    """All values of a setting between two bounds.

    Attributes:
        low: the lowest.
        high: the highest.
        log: whether they are spread evenly by their logarithms.
        whole: whether it has no fractions.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def at(self, part: float) -> object:
        """Return the value at a part, 0 to below 1, of the way from the lowest to the highest.

        It has three significant digits, so that a person can type it again.
        """
        if self.whole:
            return self._whole_at(part)
        if self.log:
            value = math.exp(_between(math.log(self.low), math.log(self.high), part))
        else:
            value = _between(self.low, self.high, part)
        return min(self.high, max(self.low, float(f"{value:.{_DIGITS}g}")))

    def _whole_at(self, part: float) -> int:
        if self.log:
            # Each whole number has the share of the half above and below it.
            low, high = math.log(self.low - 0.5), math.log(self.high + 0.5)
            value = round(math.exp(_between(low, high, part)))
        else:
            value = math.floor(_between(self.low, self.high + 1, part))
        return int(min(self.high, max(self.low, value)))

    def to_json(self) -> object:
        """Return it as plain JSON."""
        return {"low": self.low, "high": self.high, "log": self.log}


Axis = Choice | Range
Settings = dict[str, Any]


def check_axis(name: str, axis: Axis) -> None:
    """See that something can be tried.

    Raises:
        RequestError: if there is nothing between its bounds, or a value is named twice.
    """
    if isinstance(axis, Choice):
        repeated = [
            value for place, value in enumerate(axis.values) if value in axis.values[:place]
        ]
        if repeated or not axis.values:
            what = f"has {repeated[0]} twice" if repeated else "has no values"
            raise RequestError(f"{name} {what}: name each value to try once")
        return
    if not (math.isfinite(axis.low) and math.isfinite(axis.high) and axis.low < axis.high):
        raise RequestError(f"{name} goes from {axis.low:g} to {axis.high:g}: nothing is between")
    if axis.log and axis.low <= 0:
        raise RequestError(
            f"{name} begins at {axis.low:g}, which has no logarithm: begin above 0, or leave :log "
            "out"
        )


def grid(axes: Mapping[str, Axis]) -> list[Settings]:
    """Return every combination of the values of all axes, each once; the last one changes first.

    Raises:
        RequestError: if there are none, too many, or an axis has no values of its own.
    """
    values: list[Sequence[object]] = []
    for name, axis in axes.items():
        check_axis(name, axis)
        if not isinstance(axis, Choice):
            raise RequestError(f"{name} is a range: ranges are drawn from with --random N")
        values.append(axis.values)
    if not values:
        raise RequestError(
            "name what to try: --grid KEY=V1,V2, or --random N --range KEY=LOW..HIGH"
        )
    _refuse_many(math.prod(map(len, values)))
    return [dict(zip(axes, combination, strict=True)) for combination in product(*values)]


def draw(axes: Mapping[str, Axis], count: int, seed: int) -> list[Settings]:
    """Return combinations drawn at random, each once.

    The same seed draws the same ones everywhere, and fewer are the first of more.

    Raises:
        RequestError: if there are not so many, or too many were asked for.
    """
    for name, axis in axes.items():
        check_axis(name, axis)
    if not axes:
        raise RequestError("name what to draw: --range KEY=LOW..HIGH, or --grid KEY=V1,V2")
    if count < 1:
        raise RequestError(f"{count} trials are none: draw 1 or more")
    _refuse_many(count)
    found: list[Settings] = []
    for drawn in _draws(axes, seed, count * _DRAWS_A_TRIAL):
        if drawn not in found:
            found.append(drawn)
        if len(found) == count:
            return found
    raise RequestError(
        f"there are hardly more than {len(found)} combinations to draw: ask for fewer trials, or "
        "for all of them with --grid alone"
    )


def _draws(axes: Mapping[str, Axis], seed: int, count: int) -> Iterator[Settings]:
    words = random_words(f"{seed} sweep")
    for _ in range(count):
        yield {name: axis.at(next(words) / _WORD) for name, axis in axes.items()}


def _between(low: float, high: float, part: float) -> float:
    return low + (high - low) * part


def _refuse_many(count: int) -> None:
    if count > MOST_TRIALS:
        raise RequestError(
            f"{count:,} trials are more than {MOST_TRIALS}: name fewer values, or draw some of "
            "them with --random N"
        )
