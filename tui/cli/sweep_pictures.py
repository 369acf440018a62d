"""What mattered in a sweep, drawn with characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.formats import fit_right, number

if TYPE_CHECKING:
    from engine.sweeping.effects import Effect
    from engine.sweeping.learning_curve import LearningCurve

_WIDTH = 40
_DOT, _MANY, _MEAN, _EMPTY = "•", "●", "┃", "·"
_MOST_LINES = 16


def effect_lines(effect: Effect, low: float, high: float, width: int) -> list[str]:
    """Return a line for each value of a setting: its trials' dots, and their mean.

    Args:
        effect: the setting.
        low: the metric's value at the left end.
        high: its value at the right end.
        width: of the values' column, in cells.
    """
    heading = effect.name.replace("_", " ")
    if effect.share is not None:
        chance = f"{effect.by_chance:.0%} would be chance" if effect.by_chance else ""
        heading += f": explains {effect.share:.0%} of the variance ({chance})"
    groups = effect.groups[:_MOST_LINES]
    lines = [
        f"  {fit_right(group.label, width)}  {_strip(group.values, low, high)}  "
        f"{number(group.mean)}"
        for group in groups
    ]
    left_out = len(effect.groups) - len(groups)
    return [heading, *lines, *([f"  … and {left_out} values more"] if left_out else [])]


def scale_line(low: float, high: float, indent: int) -> str:
    """Return the line that says what the ends of the strips stand for."""
    left, right = number(low), number(high)
    return " " * indent + left + " " * max(1, _WIDTH - len(left) - len(right)) + right


def curve_lines(curve: LearningCurve) -> list[str]:
    """Return a line for each size of a learning curve, the loss as the place of a dot."""
    values = [value for _, value in curve.points]
    low, high = min(values), max(values)
    counts = [f"{examples:,}" for examples, _ in curve.points]
    width = max(map(len, counts))
    lines = [
        f"  {fit_right(count, width)}  {_strip((value,), low, high)}  {number(value)}"
        for count, value in zip(counts, values, strict=True)
    ]
    law = curve.law
    fitted = f", fitted {law.a:.3g} * examples^{-law.b:.3g}" if law else ""
    return [f"loss by examples{fitted}", *lines]


def _strip(values: Sequence[float], low: float, high: float) -> str:
    """Return dots where values lie between two ends, and the mean of several."""
    cells = [_EMPTY] * _WIDTH
    if len(values) > 1:
        cells[_place(sum(values) / len(values), low, high)] = _MEAN
    for value in values:
        place = _place(value, low, high)
        cells[place] = _MANY if cells[place] in (_DOT, _MANY) else _DOT
    return "".join(cells)


def _place(value: float, low: float, high: float) -> int:
    return round((value - low) / (high - low) * (_WIDTH - 1)) if high > low else _WIDTH // 2
