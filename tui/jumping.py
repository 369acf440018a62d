"""The places of a screen that a letter can lead to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnmASDFGHJKLQWERTYUIOPZXCVBNM"
"""In the order in which they are given away: first those under the fingers."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that can be jumped to.

    Attributes:
        at: where its letter is shown, from the widget's corner; in the list of a screen's spots,
            from the screen's.
        take: goes there, or presses it.
        is_row: whether it is a row of a list: those get the letters that are left.
    """

    at: Offset
    take: Callable[[], object]
    is_row: bool = False


@runtime_checkable
class Spotted(Protocol):
    """A widget with several places of its own, such as a row of tabs."""

    def spots(self) -> Sequence[Spot]:
        """Return its places, from left to right."""
        ...


def spots_of(screen: Screen[object]) -> list[Spot]:
    """Return the places in sight: what takes the focus, and what widgets tell of themselves."""
    found: list[Spot] = []
    for widget in screen.query(Widget):
        region = widget.region.intersection(screen.region)
        if not (region.area and widget.is_on_screen and widget.visible):
            continue
        if isinstance(widget, Spotted):
            own = [replace(spot, at=region.offset + spot.at) for spot in widget.spots()]
            found += [spot for spot in own if region.contains_point(spot.at)]
        elif widget.focusable:
            found.append(Spot(region.offset, widget.focus))
    # Each list is reached by its first row, however many letters there are.
    found.sort(key=lambda spot: (spot.is_row, spot.at.y, spot.at.x))
    return sorted(found[: len(LETTERS)], key=lambda spot: (spot.at.y, spot.at.x))
