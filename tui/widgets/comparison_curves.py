"""One metric of all that is compared, overlaid; each keeps its ink whatever the metric."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.curves.charts import charts
from store.queries.jobs import JobSummary, jobs_by_id
from store.queries.metrics import series_list
from tui.chart import CURVE_INKS, LEAST_HEIGHT, LEAST_WIDTH, Curve, Frame, draw, plot_left
from tui.curve_reading import Track, tracks
from tui.curve_signs import sign
from tui.formats import fit, number
from tui.ink import Ink, Line, Span
from tui.legend import legend_lines
from tui.widgets.curves import NO_METRICS, NO_ROOM, Curves
from tui.wrapping import sentence
from tui.x_axis import x_words

if TYPE_CHECKING:
    from engine.lab import Lab

_NEAR = 0.02
"""Points this part of what is in sight before the cursor are looked for first."""

_NO_JOBS = "No job is known that made any of these: there are no curves."


@dataclass(frozen=True, slots=True)
class CurveOf:
    """Whose curve is drawn in which ink.

    Attributes:
        job: the job's id; None of a model that no job known here made.
        name: what it is called.
        is_selected: whether keys act on it.
    """

    job: str | None
    name: str
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What the legend says of a curve: whose it is, in which ink, and a value of it."""

    of: CurveOf
    ink: Ink
    value: str | None


class ComparisonCurves(Curves):
    """Draws a metric of everything that is compared.

    Attributes:
        drawn: whose curves, in the order of their inks.
    """

    def __init__(self, lab: Lab, now: Callable[[], datetime]) -> None:
        super().__init__(lab, now, "comparison-curves")
        self.drawn: Sequence[CurveOf] = ()

    def show_curves(self, drawn: Sequence[CurveOf]) -> None:
        """Draw these, or draw them anew."""
        self.drawn = drawn
        jobs = [each.job for each in drawn if each.job is not None]
        if jobs:
            self.look(jobs[0])
        else:
            self.job = None
            self.show(sentence(_NO_JOBS, self.room, "dim"))

    def read(self, job: str) -> Sequence[Line]:
        """Return a legend and the chart under it."""
        del job
        reader, drawn, how = self.lab.database.reader, self.drawn, self.how
        width, height = self.room, self.size.height
        jobs = {
            each.id: each
            for each in jobs_by_id(reader, [each.job for each in drawn if each.job is not None])
        }
        offered = _metrics(reader, jobs.values())
        if not offered:
            return sentence(NO_METRICS, width, "dim")
        self._offered = offered
        place = self._place_of(how.metric)
        present = [jobs[each.job] for each in drawn if each.job in jobs]
        found = {each.job: each for each in tracks(reader, present, [offered[place]], how.x)}
        self._end = max((track.end for track in found.values()), default=1.0)
        first, last = how.frame(self._end)
        frame = Frame(last, first, how.log, how.x, how.cursor)
        entries = [
            Entry(each, ink, _value(reader, found.get(each.job or ""), frame))
            for each, ink in zip(drawn, CURVE_INKS, strict=False)
        ]
        told = [offered[place], *self._told(frame), f"{place + 1} of {len(offered)}  m next"]
        legend = legend_lines([_entry(each, width) for each in entries], told, width)
        if not found:
            words = f"It is not known over which {how.x} these were measured: x draws it otherwise."
            return [*legend, *sentence(words, width, "warn")]
        room = height - len(legend)
        if width < LEAST_WIDTH or room < LEAST_HEIGHT + 1:
            return [*legend, *sentence(NO_ROOM, width, "dim")]
        chart = draw(self._curves(reader, found, frame), width, room, frame)
        self._left = plot_left(chart)
        self._columns = max(1, width - self._left)
        return [*legend, *(chart or sentence(self._nothing, width, "warn"))]

    def _curves(
        self, reader: sqlite3.Connection, found: dict[str, Track], frame: Frame
    ) -> list[Curve]:
        """Return a curve for each ink, without points where there is none."""
        window = None if self.how.window is None else (frame.first, frame.last)
        how = replace(self.how, window=window)
        return [
            found[each.job].read(reader, how, self.room)
            if each.job in found
            else Curve(each.name, [], [])
            for each in self.drawn[: len(CURVE_INKS)]
        ]

    @property
    def _nothing(self) -> str:
        if self.how.log:
            return "None of its values can be drawn on this scale: y changes it."
        return "None of its values is a number."

    def _told(self, frame: Frame) -> list[str]:
        """Return how the curves are looked at, where it is not as usual."""
        how = self.how
        told = [] if how.cursor is None else [f"at {x_words(how.x, how.cursor)}"]
        if how.log:
            told.append("log")
        if how.weight:
            told.append(f"smoothed {how.weight:g}")
        if how.window is not None:
            told.append(f"{x_words(how.x, frame.first)} to {x_words(how.x, frame.last)}")
        elif how.x != "step":
            told.append(f"over {how.x}")
        return told


def _metrics(reader: sqlite3.Connection, jobs: Iterable[JobSummary]) -> list[str]:
    """Return every metric that one of them has, each to be drawn by itself, losses first."""
    names = {summary.name for job in jobs for summary in series_list(reader, job.id)}
    return [name for chart in charts(names) for name in chart]


def _value(reader: sqlite3.Connection, track: Track | None, frame: Frame) -> str | None:
    """Return the value at the cursor, or the last one; None where there is none."""
    if track is None:
        return None
    value = track.summary.last
    if frame.cursor is not None:
        point = track.value_at(reader, frame.cursor, _NEAR * (frame.last - frame.first))
        if point is None:
            return None
        value = point[1]
    return "not a number" if value is None or math.isnan(value) else number(value)


def _entry(entry: Entry, width: int) -> list[Span]:
    value = f" {entry.value}" if entry.value is not None else " -"
    room = max(1, width - 4 - len(value))
    name = fit(entry.of.name, room).rstrip() if cell_len(entry.of.name) > room else entry.of.name
    missing = entry.value is None
    chosen = entry.of.is_selected
    return [
        ("▸" if chosen else "", "accent"),
        (f"{sign(CURVE_INKS, entry.ink)}━ ", "faint" if missing else entry.ink),
        (name, "tab" if chosen else "dim" if missing else "plain"),
        (value, "faint" if missing else "strong"),
    ]
