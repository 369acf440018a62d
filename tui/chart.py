"""Line charts in braille dots, drawn by plotext, as spans in our inks."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tui.formats import count
from tui.ink import Ink, Line, Span

LEAST_WIDTH, LEAST_HEIGHT = 20, 5
"""A chart in fewer cells than this tells nothing."""

CURVE_INKS: tuple[Ink, ...] = ("first", "second", "third")

# plotext writes colours as numbers of the 256-colour palette; ours stand for inks.
_NUMBERS: dict[str, Ink] = {"1": "first", "2": "second", "3": "third", "8": "faint"}
_COLOUR = re.compile(r"\x1b\[(?:38;5;)?([\d;]*)m")
_HIGHEST, _FLATTEST = 1e300, 1e-300
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_WHOLE_ENDS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)

# plotext draws into one figure of its module: one thread at a time.
_figure = threading.Lock()


@dataclass(frozen=True, slots=True)
class Curve:
    """Points to join by a line; values that are not finite are left out."""

    name: str
    steps: Sequence[int]
    values: Sequence[float]

    def finite(self) -> tuple[list[int], list[float]]:
        """Return the points that can be drawn; values past all measure are drawn at the edge."""
        pairs = [
            (step, max(-_HIGHEST, min(_HIGHEST, value)))
            for step, value in zip(self.steps, self.values, strict=True)
            if math.isfinite(value)
        ]
        return [step for step, _ in pairs], [value for _, value in pairs]


def draw(curves: Sequence[Curve], width: int, height: int, last_step: int) -> list[Line]:
    """Draw up to three curves over their steps.

    Args:
        curves: what to draw, the most important last: it lies on top.
        width: cells.
        height: rows.
        last_step: where the x axis ends.

    Returns:
        `height` lines; none if there is nothing to draw or too little room for it.
    """
    points = [curve.finite() for curve in curves]
    values = [value for _, column in points for value in column]
    if not values or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    y_range = _range(min(values), max(values))
    axes = (step_ticks(last_step, width // 14), ticks(*y_range, max(3, height // 4)))
    with _figure:
        return _spans(_build(points, (width, height), axes, (last_step, *y_range)))


def _range(low: float, high: float) -> tuple[float, float]:
    """Return the values that the y axis spans: all of them, and something around a constant."""
    if high - low > max(_FLATTEST, abs(high) * 1e-9):
        return low, high
    margin = abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def _build(
    points: Sequence[tuple[list[int], list[float]]],
    size: tuple[int, int],
    axes: tuple[list[float], list[float]],
    ends: tuple[int, float, float],
) -> str:
    import plotext

    x_ticks, y_ticks = axes
    last_step, low, high = ends
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(*size)
    plotext.theme("clear")
    plotext.ticks_color(8)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(0, max(1, last_step))
    plotext.ylim(low, high)
    plotext.xticks(x_ticks, [count(int(tick)) for tick in x_ticks])
    plotext.yticks(y_ticks, tick_labels(y_ticks))
    for number, (steps, values) in enumerate(points, start=1):
        _plot(steps, values, number)
    return str(plotext.build())


def _plot(steps: list[int], values: list[float], colour: int) -> None:
    import plotext

    if not steps:
        return
    plotext.plot(steps, values, marker="braille", color=colour)
    if len(steps) == 1:
        # A single dot of braille would be overlooked.
        plotext.scatter(steps, values, marker="•", color=colour)


def _spans(drawn: str) -> list[Line]:
    lines: list[Line] = []
    ink: Ink = "plain"
    for row in drawn.removesuffix("\n").split("\n"):
        line: list[Span] = []
        for place, part in enumerate(_COLOUR.split(row)):
            if place % 2:
                ink = _NUMBERS.get(part, "plain")
            elif part:
                line.append((part, ink))
        lines.append(line)
    return lines


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


def step_ticks(last_step: int, wanted: int) -> list[float]:
    """Return round steps from 0, all of them whole numbers and none past the last step."""
    apart = max(1, math.ceil(_round_up(max(1, last_step) / max(1, wanted), _NICE)))
    return [float(step) for step in range(0, max(1, last_step) + 1, apart)]


def tick_labels(values: Sequence[float]) -> list[str]:
    """Return labels with just as many decimals as tell the ticks apart."""
    step = values[1] - values[0]
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


def _round_up(value: float, nice: Sequence[float]) -> float:
    scale = 10.0 ** math.floor(math.log10(value))
    return scale * next(factor for factor in nice if factor * scale >= value * (1 - 1e-9))
