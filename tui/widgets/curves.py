"""The curves of a job: one chart at a time, its metrics overlaid; or one metric of several jobs."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events

from engine.curves.charts import charts
from store.queries.jobs import jobs_by_id
from store.queries.metrics import series_list
from tui.chart import CURVE_INKS, LEAST_HEIGHT, LEAST_WIDTH, Frame, draw, plot_left
from tui.curve_look import CurveLook
from tui.curve_reading import Track, tracks
from tui.curve_signs import sign
from tui.formats import count, fit, number
from tui.ink import Ink, Line
from tui.legend import legend_lines
from tui.widgets.job_view import JobView
from tui.wrapping import sentence
from tui.x_axis import XS, X, x_words

if TYPE_CHECKING:
    from engine.lab import Lab

NO_METRICS = "No metrics yet: they come with the first steps."
NO_ROOM = "Too little room for a chart: make the window larger."

_LOADED_COLUMNS = 3
"""Points this far left of the cursor, in columns, are looked for first."""


class Curves(JobView):
    """Draws the chosen chart in the panel's size, from no more points than it has dots for.

    Attributes:
        how: how the curves are looked at.
        beside: the jobs whose curves are overlaid, if there are several; else the job's own.
    """

    def __init__(self, lab: Lab, now: Callable[[], datetime], name: str) -> None:
        super().__init__(lab, now, name)
        self.how = CurveLook()
        self.beside: Sequence[str] = ()
        self._end = 1.0
        self._offered: Sequence[str] = ()
        self._left, self._columns = 0, 1

    def look_so(self, how: CurveLook) -> None:
        """Look at the curves in another way."""
        self.how = how
        self.look(self.job)

    def next_metric(self, by: int) -> None:
        """Draw the chart after the present one, or before it."""
        if self._offered:
            place = (self._place_of(self.how.metric) + by) % len(self._offered)
            self.look_so(replace(self.how, metric=self._offered[place], window=None))

    def next_x(self) -> None:
        """Draw the curves over something else: epochs, tokens, time, steps."""
        self.look_so(self.how.over_next())

    def zoom(self, closer: int) -> None:
        """Show half as much, or twice as much."""
        self.look_so(self.how.zoomed(closer, self._end))

    def pan(self, by: int) -> None:
        """Show what is to the right of what is in sight, or to the left."""
        self.look_so(self.how.panned(by, self._end))

    def move_cursor(self, columns: int) -> None:
        """Move the cursor, whose values are told."""
        if self._columns > 1:
            self.look_so(self.how.cursor_moved(columns, self._columns, self._end))

    def drop_cursor(self) -> None:
        """Tell the last values again."""
        self.look_so(replace(self.how, cursor=None))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where somebody clicks."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y > 0 and offset.x >= self._left:
            part = (offset.x - self._left) / max(1, self._columns - 1)
            self.look_so(self.how.pointed(part, self._end))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Come closer with the wheel."""
        event.stop()
        self.zoom(1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go farther away with the wheel."""
        event.stop()
        self.zoom(-1)

    def read(self, job: str) -> Sequence[Line]:
        """Return a legend and the chart under it."""
        reader, width, height = self.lab.database.reader, self.room, self.size.height
        how = self.how
        wanted = list(self.beside)[: len(CURVE_INKS)] if len(self.beside) > 1 else [job]
        jobs = jobs_by_id(reader, wanted)
        offered = charts({name for each in jobs for name in _names(reader, each.id)})
        if not offered:
            return sentence(NO_METRICS, width, "dim")
        self._offered = [chart[0] for chart in offered]
        place = self._place_of(how.metric)
        drawn = tracks(reader, jobs, offered[place], how.x)
        if not drawn:
            return sentence(_unknown(how.x), width, "warn")
        self._end = max(track.end for track in drawn)
        first, last = how.frame(self._end)
        frame = Frame(last, first, how.log, how.x, how.cursor)
        values = self._values(reader, drawn, frame)
        told = _told(how, len(jobs) - len({track.job for track in drawn}))
        if len(offered) > 1:
            told.append(f"{place + 1} of {len(offered)}  m next")
        entries = [
            _entry(track.label, value, ink, width, alone=len(drawn) == 1)
            for track, value, ink in zip(drawn, values, CURVE_INKS, strict=False)
        ]
        legend = legend_lines(entries, told, width)
        room = height - len(legend)
        if width < LEAST_WIDTH or room < LEAST_HEIGHT + 1:
            return [*legend, *sentence(NO_ROOM, width, "dim")]
        curves = [
            track.read(reader, replace(how, window=_seen(how, frame)), width) for track in drawn
        ]
        chart = draw(curves, width, room, frame)
        self._left = plot_left(chart)
        self._columns = max(1, width - self._left)
        return [*legend, *(chart or sentence(_nothing(how), width, "warn"))]

    def _place_of(self, metric: str | None) -> int:
        """Return which of the offered charts is that of a metric; the first if none is."""
        return self._offered.index(metric) if metric in self._offered else 0

    def _values(
        self, reader: sqlite3.Connection, drawn: Sequence[Track], frame: Frame
    ) -> list[str]:
        """Return what the legend says of each curve: its value at the cursor, or the last one."""
        if frame.cursor is None:
            return [_value(track.summary.last) for track in drawn]
        span = _LOADED_COLUMNS * (frame.last - frame.first) / self._columns
        found = [track.value_at(reader, frame.cursor, span) for track in drawn]
        return ["-" if point is None else _value(point[1]) for point in found]


def _nothing(how: CurveLook) -> str:
    if how.window is not None:
        return "None of its points is in sight: 0 shows them all."
    if how.log:
        return "None of its values can be drawn on this scale: y changes it."
    return "None of its values is a number."


def _seen(how: CurveLook, frame: Frame) -> tuple[float, float] | None:
    return None if how.window is None else (frame.first, frame.last)


def _value(value: float | None) -> str:
    return "not a number" if value is None or math.isnan(value) else number(value)


def _unknown(x: X) -> str:
    what = {"epoch": "epochs", "tokens": "tokens", "time": "times"}.get(x, x)
    return f"No {what} are recorded of these steps: x draws them over {_after(x)}."


def _after(x: X) -> str:
    following = XS[(XS.index(x) + 1) % len(XS)]
    return {"step": "steps", "epoch": "epochs"}.get(following, following)


def _entry(label: str, value: str, ink: Ink, width: int, *, alone: bool) -> Line:
    mark = "━ " if alone else f"{sign(CURVE_INKS, ink)}━ "
    room = max(1, width - len(mark) - len(value) - 1)
    name = fit(label, room).rstrip() if cell_len(label) > room else label
    return [(mark, ink), (name, "plain"), (f" {value}", "strong")]


def _told(how: CurveLook, left_out: int) -> list[str]:
    """Return how the curves are looked at, where it is not as usual."""
    told = [] if how.cursor is None else [f"at {x_words(how.x, how.cursor)}"]
    if left_out:
        told.append(f"{left_out} without {how.x}")
    if how.log:
        told.append("log")
    if how.weight:
        told.append(f"smoothed {how.weight:g}")
    if how.x != "step":
        told.append(f"over {how.x}")
    if how.window is not None:
        told.append(_window_words(how.x, how.window))
    return told


def _window_words(x: X, window: tuple[float, float]) -> str:
    first, last = window
    if x == "step":
        return f"steps {count(round(first))}-{count(round(last))}"
    return f"{x_words(x, first)} to {x_words(x, last)}"


def _names(reader: sqlite3.Connection, job: str) -> list[str]:
    return [summary.name for summary in series_list(reader, job)]
