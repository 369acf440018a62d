"""Line charts in braille dots, drawn by plotext, as spans in our inks."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tui.axes import log_ticks, tick_labels, ticks
from tui.curve_signs import with_signs
from tui.ink import Ink, Line, Span, text_of
from tui.x_axis import X, x_ticks

LEAST_WIDTH, LEAST_HEIGHT = 20, 5
"""A chart in fewer cells than this tells nothing."""

CURVE_INKS: tuple[Ink, ...] = ("first", "second", "third", "fourth", "fifth", "sixth")

# plotext writes colours as numbers of the 256-colour palette; ours stand for inks.
_NUMBERS: dict[str, Ink] = {
    **{str(number): ink for number, ink in enumerate(CURVE_INKS, start=1)},
    "8": "faint",
}
_COLOUR = re.compile(r"\x1b\[(?:38;5;)?([\d;]*)m")
_CORNER, _CURSOR = "└", "┊"
_HIGHEST, _FLATTEST = 1e300, 1e-300

# plotext draws into one figure of its module: one thread at a time.
_figure = threading.Lock()


@dataclass(frozen=True, slots=True)
class Curve:
    """Points to join by a line; values that are not finite are left out.

    Attributes:
        name: what it is.
        places: where on the x axis each point stands, such as its step.
        values: what was measured there.
    """

    name: str
    places: Sequence[float]
    values: Sequence[float]

    def finite(self) -> tuple[list[float], list[float]]:
        """Return the points that can be drawn; values past all measure are drawn at the edge."""
        pairs = [
            (place, max(-_HIGHEST, min(_HIGHEST, value)))
            for place, value in zip(self.places, self.values, strict=True)
            if math.isfinite(value)
        ]
        return [place for place, _ in pairs], [value for _, value in pairs]


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the curves is drawn.

    Attributes:
        last: where the x axis ends.
        first: where it begins.
        log: whether the y axis is of logarithms; values that have none are left out.
        x: what the x axis counts.
        cursor: where on it a line is drawn from top to bottom; None for no line.
    """

    last: float
    first: float = 0
    log: bool = False
    x: X = "step"
    cursor: float | None = None


def draw(curves: Sequence[Curve], width: int, height: int, frame: Frame) -> list[Line]:
    """Draw up to six curves.

    Args:
        curves: what to draw, the most important last: it lies on top.
        width: cells.
        height: rows.
        frame: what of them.

    Returns:
        `height` lines; none if there is nothing to draw or too little room for it.
    """
    whole = [_logarithms(curve) if frame.log else curve.finite() for curve in curves]
    points = [_in_sight(*each, frame) for each in whole]
    values = [value for _, column in points for value in column]
    if not values or width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    y_range = _range(min(values), max(values))
    x_axis = x_ticks(frame.x, frame.first, frame.last, width // 14)
    y_axis = _y_axis(*y_range, max(3, height // 4), log=frame.log)
    with _figure:
        lines = _spans(_build(points, (width, height), (x_axis, y_axis), (frame, *y_range)))
    if sum(bool(places) for places, _ in points) > 1:
        lines = with_signs(lines, plot_left(lines), CURVE_INKS[: len(points)])
    return lines if frame.cursor is None else _with_cursor(lines, frame)


def plot_left(lines: Sequence[Line]) -> int:
    """Return the column in which a chart's curves begin, right of the y axis."""
    return next((text.index(_CORNER) + 1 for text in map(text_of, lines) if _CORNER in text), 0)


def _with_cursor(lines: list[Line], frame: Frame) -> list[Line]:
    """Draw the cursor where there is nothing else."""
    left = plot_left(lines)
    columns = len(text_of(lines[0])) - left
    part = ((frame.cursor or 0.0) - frame.first) / max(frame.last - frame.first, 1e-12)
    if not 0 <= part <= 1:
        return lines
    column = left + round(part * (columns - 1))
    inside = next(number for number, line in enumerate(lines) if _CORNER in text_of(line))
    return [_marked(line, column) if number < inside else line for number, line in enumerate(lines)]


def _marked(line: Line, column: int) -> Line:
    found: list[Span] = []
    begin = 0
    for text, ink in line:
        place = column - begin
        if 0 <= place < len(text) and text[place] == " ":
            found += [(text[:place], ink), (_CURSOR, "accent"), (text[place + 1 :], ink)]
        else:
            found.append((text, ink))
        begin += len(text)
    return [span for span in found if span[0]]


def _in_sight(
    places: list[float], values: list[float], frame: Frame
) -> tuple[list[float], list[float]]:
    """Return the points in the frame, and where the lines to those beyond cross its edges.

    plotext would walk along lines that lead far out of sight dot by dot.
    """
    found: list[tuple[float, float]] = []
    for place, (x, y) in enumerate(zip(places, values, strict=True)):
        if place:
            found += _crossings((places[place - 1], values[place - 1]), (x, y), frame)
        if frame.first <= x <= frame.last:
            found.append((x, y))
    return [x for x, _ in found], [y for _, y in found]


def _crossings(
    one: tuple[float, float], other: tuple[float, float], frame: Frame
) -> list[tuple[float, float]]:
    """Return where the line between two points crosses the left and the right edge."""
    (x, y), (right, higher) = one, other
    slope = (higher - y) / (right - x) if right > x else 0.0
    edges = (edge for edge in (frame.first, frame.last) if x < edge < right)
    return [(edge, y + slope * (edge - x)) for edge in edges]


def _logarithms(curve: Curve) -> tuple[list[float], list[float]]:
    pairs = [
        (place, math.log10(value))
        for place, value in zip(*curve.finite(), strict=True)
        if value > 0
    ]
    return [place for place, _ in pairs], [value for _, value in pairs]


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
    points: Sequence[tuple[list[float], list[float]]],
    size: tuple[int, int],
    axes: tuple[dict[float, str], dict[float, str]],
    ends: tuple[Frame, float, float],
) -> str:
    import plotext

    x_marks, y_marks = axes
    frame, low, high = ends
    least = 1.0 if frame.x == "step" else 1e-9
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(*size)
    plotext.theme("clear")
    plotext.ticks_color(8)
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(frame.first, max(frame.first + least, frame.last))
    plotext.ylim(low, high)
    plotext.xticks(list(x_marks), list(x_marks.values()))
    plotext.yticks(list(y_marks), list(y_marks.values()))
    for number, (places, values) in enumerate(points, start=1):
        _plot(places, values, number)
    return str(plotext.build())


def _plot(places: list[float], values: list[float], colour: int) -> None:
    import plotext

    if not places:
        return
    plotext.plot(places, values, marker="braille", color=colour)
    if len(places) == 1:
        # A single dot of braille would be overlooked.
        plotext.scatter(places, values, marker="•", color=colour)


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
