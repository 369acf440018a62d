"""Intervals as bars: where figures lie, and whether a difference may as well be none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.statistics.paired import Estimate

_MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a scale that others share, in parts of its width.

    Attributes:
        low: where it begins.
        value: where its figure is.
        high: where it ends.
        zero: where 0 is; None where that is out of sight, or says nothing.
    """

    low: float
    value: float
    high: float
    zero: float | None = None


def bars_of_figures(found: Iterable[Estimate | None], unit: str) -> list[Bar | None]:
    """Return figures with their intervals on one scale; of shares all from 0 to 1."""
    figures = list(found)
    known = [each for each in figures if each is not None]
    if not known:
        return [None] * len(figures)
    low, high = min(each.low for each in known), max(each.high for each in known)
    if unit == "share" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    else:
        low, high = _roomy(low, high)
    return [None if each is None else _bar(each, low, high) for each in figures]


def bars_of_differences(found: Iterable[Estimate | None]) -> list[Bar | None]:
    """Return differences with their intervals on one scale, in whose middle is none."""
    figures = list(found)
    known = [each for each in figures if each is not None]
    widest = max((max(abs(each.low), abs(each.high)) for each in known), default=0.0) or 1.0
    widest *= 1 + _MARGIN
    return [None if each is None else _bar(each, -widest, widest, 0.5) for each in figures]


def _roomy(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * _MARGIN or abs(low) * _MARGIN or 1.0
    return low - room, high + room


def _bar(found: Estimate, low: float, high: float, zero: float | None = None) -> Bar:
    scale = high - low
    return Bar(
        (found.low - low) / scale, (found.value - low) / scale, (found.high - low) / scale, zero
    )
