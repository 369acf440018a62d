"""How curves are looked at: which chart and part of it, over what, on which scale, how smooth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.x_axis import XS, X, least_span

SMOOTHINGS = (0.0, 0.6, 0.9, 0.99)
"""Weights of the past in an exponential moving average; 0 draws what was measured."""

_ZOOM = 2.0
_PAN = 0.25


@dataclass(frozen=True, slots=True)
class CurveLook:
    """How curves are looked at.

    Attributes:
        metric: the first metric of the chart that is drawn; None for the first chart.
        log: whether the scale is of logarithms.
        smoothing: which of `SMOOTHINGS`.
        x: what the x axis counts.
        window: the first and last place on the x axis in sight; None for all of it.
        cursor: the place on the x axis whose values are told; None for the last ones.
    """

    metric: str | None = None
    log: bool = False
    smoothing: int = 0
    x: X = "step"
    window: tuple[float, float] | None = None
    cursor: float | None = None

    @property
    def weight(self) -> float:
        """The weight of the past in the smoothed curve."""
        return SMOOTHINGS[self.smoothing % len(SMOOTHINGS)]

    def zoomed(self, closer: int, end: float) -> CurveLook:
        """Return a look at half or twice as much, about the cursor, or the middle without one.

        Args:
            closer: 1 for half as much, -1 for twice as much.
            end: where the whole curves end.
        """
        first, last = self.window or (0.0, end)
        span = max(least_span(self.x, end), self._whole((last - first) / _ZOOM**closer))
        middle = self._whole((first + last) / 2) if self.cursor is None else self.cursor
        return self._at(middle - self._whole(span / 2), span, end)

    def panned(self, by: int, end: float) -> CurveLook:
        """Return a look a quarter of the window to the right; to the left if negative."""
        first, last = self.window or (0.0, end)
        span = last - first
        return self._at(first + by * self._whole(span * _PAN), span, end)

    def over(self, x: X) -> CurveLook:
        """Return a look at all of the curves over something else."""
        return replace(self, x=x, window=None, cursor=None)

    def over_next(self) -> CurveLook:
        """Return a look at all of the curves over what is offered next."""
        return self.over(XS[(XS.index(self.x) + 1) % len(XS)])

    def pointed(self, part: float, end: float) -> CurveLook:
        """Return a look with the cursor at a part of what is in sight, from 0 to 1."""
        first, last = self.frame(end)
        return replace(self, cursor=first + max(0.0, min(1.0, part)) * (last - first))

    def cursor_moved(self, columns: int, of: int, end: float) -> CurveLook:
        """Return a look with the cursor so many columns to the right; to the left if negative.

        Without a cursor it appears at the right end. At an edge what is in sight moves along.

        Args:
            columns: how many.
            of: the columns that are in sight.
            end: where the whole curves end.
        """
        first, last = self.frame(end)
        if self.cursor is None:
            return replace(self, cursor=last)
        moved = self.cursor + columns * (last - first) / max(1, of - 1)
        look = replace(self, cursor=max(0.0, min(end, moved)))
        if first <= moved <= last or self.window is None:
            return look
        return look.panned(1 if moved > last else -1, end)

    def _whole(self, value: float) -> float:
        return max(1.0, round(value)) if self.x == "step" else value

    def _at(self, first: float, span: float, end: float) -> CurveLook:
        if span >= end:
            return replace(self, window=None)
        first = max(0.0, min(first, end - span))
        return replace(self, window=(first, first + span))

    def frame(self, end: float) -> tuple[float, float]:
        """Return the first and the last place to draw of curves that end somewhere."""
        return self.window if self.window is not None and self.window[0] < end else (0.0, end)


AS_USUAL = CurveLook()
"""All of the first chart, as it was measured."""
