"""What the x axis of a chart counts, and how its values are written."""

from __future__ import annotations

import math
from typing import Literal, get_args

from tui.axes import step_ticks, tick_labels, ticks
from tui.formats import count, duration, number

X = Literal["step", "epoch", "tokens", "time"]

XS: tuple[X, ...] = get_args(X)
"""In the order in which they are offered; time is seconds since the first measured step."""

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_ROUND_SECONDS = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
_LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def least_span(x: X, end: float) -> float:
    """Return how much of the axis is shown at least, of one that ends somewhere."""
    return 4.0 if x == "step" else max(end, 1e-6) / 100_000


def x_ticks(x: X, first: float, last: float, wanted: int) -> dict[float, str]:
    """Return the labels of the axis by where they stand, about as many as wanted."""
    if x == "step":
        steps = step_ticks(math.floor(last), wanted, math.ceil(first))
        return {step: count(int(step)) for step in steps}
    if x == "time":
        return {value: duration(value) for value in _round_times(first, last, wanted)}
    found = ticks(first, max(last, first + 1e-9), max(1, wanted))
    labels = [short_count(value) for value in found] if x == "tokens" else tick_labels(found)
    return dict(zip(found, labels, strict=True))


def _round_times(first: float, last: float, wanted: int) -> list[float]:
    least = (last - first) / max(1, wanted)
    if least < _ROUND_SECONDS[0]:
        return ticks(first, max(last, first + 1e-9), max(1, wanted))
    apart = next((round_ for round_ in _ROUND_SECONDS if round_ >= least), _ROUND_SECONDS[-1])
    begin, end = math.ceil(first / apart), math.floor(last / apart)
    return [number * apart for number in range(begin, end + 1)]


def short_count(value: float) -> str:
    """Return a count in a few cells: `950`, `12k`, `1.25M`."""
    for unit, letter in _LARGE:
        if abs(value) >= unit:
            return f"{value / unit:.3g}{letter}"
    return f"{value:.3g}"


def x_words(x: X, value: float) -> str:
    """Say where on the axis something is: `step 1,200`, `epoch 0.5`, `1.2M tokens`, `1h 05m`."""
    if x == "step":
        return f"step {count(round(value))}"
    if x == "epoch":
        return f"epoch {number(value)}"
    return f"{short_count(value)} tokens" if x == "tokens" else duration(value)
