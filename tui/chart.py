"""Line charts in braille dots, drawn by plotext, as spans in our inks."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tui.axes import log_ticks, step_ticks, tick_labels, ticks
from tui.formats import count
from tui.ink import Ink, Line, Span

LEAST_WIDTH, LEAST_HEIGHT = 20, 5
"""A chart in fewer cells than this tells nothing."""

CURVE_INKS: tuple[Ink, ...] = ("first", "second", "third", "fourth", "fifth", "sixth")

# plotext writes colours as numbers of the 256-colour palette; ours stand for inks.
_NUMBERS: dict[str, Ink] = {
    **{str(number): ink for number, ink in enumerate(CURVE_INKS, start=1)},
    "8": "faint",
}
_COLOUR = re.compile(r"\x1b\[(?:38;5;)?([\d;]*)m")
_HIGHEST, _FLATTEST = 1e300, 1e-300

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


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the curves is drawn.

    Attributes:
        first_step: where the x axis begins.
        last_step: where it ends.
        log: whether the y axis is of logarithms; values that have none are left out.
    """

    last_step: int
    first_step: int = 0
    log: bool = False


def draw(curves: Sequence[Curve], width: int, height: int, frame: Frame) -> list[Line]:
    """Draw up to six curves over their steps.

    Args:
        curves: what to draw, the most important last: it lies on top.
        width: cells.
        height: rows.
        frame: what of them.

    Returns:
        `height` lines; none if there is nothing to draw or too little room for it.
    """
    points = [_logarithms(curve) if frame.log else curve.finite() for curve in curves]
    values = [value for _, column in points for value in column]
    if not values or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    y_range = _range(min(values), max(values))
    x_axis = step_ticks(frame.last_step, width // 14, frame.first_step)
    y_axis = _y_axis(*y_range, max(3, height // 4), log=frame.log)
    ends = (frame.first_step, frame.last_step, *y_range)
    with _figure:
        return _spans(_build(points, (width, height), (x_axis, y_axis), ends))


def _logarithms(curve: Curve) -> tuple[list[int], list[float]]:
    pairs = [
        (step, math.log10(value)) for step, value in zip(*curve.finite(), strict=True) if value > 0
    ]
    return [step for step, _ in pairs], [value for _, value in pairs]


def _y_axis(low: float, high: float, wanted: int, *, log: bool) -> dict[float, str]:
    """Return the labels of the y axis by where they stand."""
    if not log:
        found = ticks(low, high, wanted)
        return dict(zip(found, tick_labels(found), strict=True))
    found = log_ticks(10.0**low, 10.0**high, wanted)
    return {math.log10(value): f"{value:.3g}" for value in found}


def _range(low: float, high: float) -> tuple[float, float]:
    """Return the values that the y axis spans: all of them, and something around a constant."""
    if high - low > max(_FLATTEST, abs(high) * 1e-9):
        return low, high
    margin = abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def _build(
    points: Sequence[tuple[list[int], list[float]]],
    size: tuple[int, int],
    axes: tuple[list[float], dict[float, str]],
    ends: tuple[int, int, float, float],
) -> str:
    import plotext

    x_ticks, y_ticks = axes
    first_step, last_step, low, high = ends
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(*size)
    plotext.theme("clear")
    plotext.ticks_color(8)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(first_step, max(first_step + 1, last_step))
    plotext.ylim(low, high)
    plotext.xticks(x_ticks, [count(int(tick)) for tick in x_ticks])
    plotext.yticks(list(y_ticks), list(y_ticks.values()))
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
