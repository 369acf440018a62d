"""Reading the curves of a chart: of one job several metrics, of several jobs one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from engine.curves.smoothing import smoothed
from store.job_status import ACTIVE
from store.queries.jobs import JobSummary
from store.queries.metrics import Series, SeriesSummary, series, series_list
from store.queries.step_courses import StepCourse, step_course
from tui.axes import axis_end, round_end
from tui.chart import CURVE_INKS, Curve
from tui.curve_look import CurveLook
from tui.x_axis import X

# The lowest, highest and last point for each of the two dots that a cell is wide.
_POINTS_A_CELL = 6
_SMOOTH_POINTS = 20_000
"""What is smoothed is smoothed before it is thinned out; of longer series, thinned out to this."""


@dataclass(frozen=True, slots=True)
class Track:
    """A curve of a chart.

    Attributes:
        job: whose it is.
        label: its name in the legend.
        summary: its extent and its last value.
        course: how what the x axis counts grew with the job's steps; None where it counts steps.
        end: where on the x axis it ends, or a little later for a job that runs.
    """

    job: str
    label: str
    summary: SeriesSummary
    course: StepCourse | None
    end: float

    def place(self, step: float) -> float:
        """Return where on the x axis a step stands."""
        return step if self.course is None else self.course.at(step)

    def step(self, place: float) -> float:
        """Return the step that stands somewhere on the x axis."""
        return place if self.course is None else self.course.step_at(place)

    def read(self, reader: sqlite3.Connection, how: CurveLook, width: int) -> Curve:
        """Return the points in sight, no more than a width in cells has dots for."""
        points = _SMOOTH_POINTS if how.weight else width * _POINTS_A_CELL
        found = self._points(reader, how, points)
        values = smoothed(found.values, how.weight) if how.weight else found.values
        return Curve(self.label, [self.place(step) for step in found.steps], values)

    def _points(self, reader: sqlite3.Connection, how: CurveLook, points: int) -> Series:
        name = self.summary.name
        if how.window is None or self.summary.count <= points:
            return series(reader, self.job, name, points=points)
        # One more on each side, so that lines reach the edges.
        first, last = (int(self.step(place)) for place in how.window)
        return series(
            reader, self.job, name, points=points, first_step=first - 1, last_step=last + 1
        )

    def value_at(
        self, reader: sqlite3.Connection, cursor: float, span: float
    ) -> tuple[int, float] | None:
        """Return the step and the value of the newest point at the cursor or before it.

        Args:
            reader: where to read.
            cursor: a place on the x axis.
            span: how far before it may be, on the x axis, before all that came earlier is read.
        """
        last = round(self.step(cursor))
        near = int(self.step(max(0.0, cursor - span)))
        for first in (near, self.summary.first_step):
            name = self.summary.name
            found = series(reader, self.job, name, first_step=first, last_step=last)
            if len(found):
                return found.steps[-1], found.values[-1]
        return None


def tracks(
    reader: sqlite3.Connection, jobs: Sequence[JobSummary], metrics: Sequence[str], x: X
) -> list[Track]:
    """Return the curves of a chart: of one job all its metrics, of several the first of them.

    Those of jobs that do not know what the x axis counts are left out.
    """
    wanted = metrics if len(jobs) == 1 else metrics[:1]
    found = []
    for job in jobs:
        course = None if x == "step" else step_course(reader, job.id, x)
        if x != "step" and course is None:
            continue
        summaries = {summary.name: summary for summary in series_list(reader, job.id)}
        end = _end(job, list(summaries.values()), course)
        for name in wanted:
            if name in summaries:
                label = name if len(jobs) == 1 else f"{job.name} {name}"
                found.append(Track(job.id, label, summaries[name], course, end))
    return found[: len(CURVE_INKS)]


def _end(job: JobSummary, summaries: Sequence[SeriesSummary], course: StepCourse | None) -> float:
    last = max((summary.last_step for summary in summaries), default=1)
    runs = job.status in ACTIVE
    if course is not None:
        return round_end(course.at(last)) if runs else course.at(last)
    return axis_end(last, job.total_steps) if runs else last
