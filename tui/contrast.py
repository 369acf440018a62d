"""How well colours can be told apart, by the rule of the WCAG 2."""

from __future__ import annotations

from collections.abc import Iterable

from textual.color import Color

TEXT = 4.5
"""The least contrast of what is read."""

SHAPE = 3.0
"""The least contrast of curves, bars and what may be overlooked."""

_BLACK, _WHITE = Color(0, 0, 0), Color(255, 255, 255)
_STEP = 0.1


def contrast(colour: Color, ground: Color) -> float:
    """Return the contrast of two colours: 1 for the same, 21 for black and white."""
    darker, lighter = sorted((_luminance(colour), _luminance(ground)))
    return (lighter + 0.05) / (darker + 0.05)


def legible(colour: Color, grounds: Iterable[Color], least: float) -> Color:
    """Return a colour, moved towards black or white only as far as it must to be read.

    Args:
        colour: the colour that is meant.
        grounds: what may lie under it.
        least: the contrast that it needs on each of them.
    """
    under = list(grounds)
    towards = max(_BLACK, _WHITE, key=lambda end: min(contrast(end, ground) for ground in under))
    for step in range(round(1 / _STEP) + 1):
        moved = colour.blend(towards, step * _STEP)
        if all(contrast(moved, ground) >= least for ground in under):
            return moved
    return towards


def _luminance(colour: Color) -> float:
    red, green, blue = (_linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
