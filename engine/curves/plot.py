"""Curves as a picture in a file: crisp vectors, or dots."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.curves.charts import charts
from engine.curves.smoothing import smoothed
from engine.data.errors import MissingPackageError
from engine.data.exporting.placing import placed
from store.errors import NotFoundError
from store.queries.jobs import JobSummary, jobs_by_id
from store.queries.metrics import series, series_list
from store.queries.step_courses import step_course

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

X = Literal["step", "epoch", "tokens", "time"]
FORMATS = ("svg", "png", "pdf")
"""The kinds of files that can be drawn, by the endings of their names."""

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's, which people with any kind of colour vision tell apart (jfly.uni-koeln.de)."""

_LINES = ("solid", "dashed", "dotted")
"""A job's metrics of one chart, which have its colour: of training, then of evaluations."""

_POINTS = 6000
_SMOOTHED_FROM = 20_000
"""What is smoothed is smoothed before it is thinned out."""

_FEW_POINTS = 40
_INCHES = 100
_AXES = {"step": "step", "epoch": "epoch", "tokens": "tokens", "time": "minutes"}


@dataclass(frozen=True, slots=True)
class PlotWish:
    """How curves are drawn.

    Attributes:
        metrics: the metrics, each in a panel of its own; the loss with its evaluations if none.
        x: what the x axis counts.
        log: whether the y axis is of logarithms.
        smoothing: the weight of the past, from 0 to below 1; the curve as measured stays behind.
        width: of the picture, in hundredths of an inch.
        height: of each panel, likewise.
    """

    metrics: tuple[str, ...] = ()
    x: X = "step"
    log: bool = False
    smoothing: float = 0.0
    width: int = 900
    height: int = 420


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn.

    Attributes:
        file: where it is.
        metrics: what each of its panels shows.
        jobs: whose curves are in it, by their names.
        left_out: the names of the jobs that have none of these metrics, or no such x axis.
    """

    file: str
    metrics: tuple[tuple[str, ...], ...]
    jobs: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Curve:
    job: JobSummary
    metric: str
    places: Sequence[float]
    values: Sequence[float]


def plot(
    connection: sqlite3.Connection,
    jobs: Sequence[str],
    file: Path,
    wish: PlotWish,
    *,
    replace: bool = False,
) -> Drawn:
    """Draw the curves of jobs into a file; of a long series all its spikes stay.

    Args:
        connection: where to read.
        jobs: their ids.
        file: what to write; its ending says in which of `FORMATS`.
        wish: how.
        replace: whether a file that is there already may go.

    Raises:
        MissingPackageError: if matplotlib is not installed.
        NotFoundError: if none of the jobs has such a metric, or knows what the x axis counts.
        DataError: if the file cannot be written.
    """
    known = {job.id: job for job in jobs_by_id(connection, jobs)}
    compared = [known[job] for job in dict.fromkeys(jobs) if job in known]
    panels = _panels(connection, compared, wish)
    drawn = [[_curves(connection, job, panel, wish) for job in compared] for panel in panels]
    shown = {curve.job.id for panel in drawn for curves in panel for curve in curves}
    if not shown:
        raise NotFoundError(_nothing(connection, compared, wish))
    require_matplotlib()
    with placed(file, folder=False, replace=replace) as partial:
        write_figure(_figure(panels, drawn, wish), partial, file.suffix.lstrip(".").lower())
    return Drawn(
        str(file),
        tuple(panels),
        tuple(job.name for job in compared if job.id in shown),
        tuple(job.name for job in compared if job.id not in shown),
    )


def _panels(
    connection: sqlite3.Connection, jobs: Sequence[JobSummary], wish: PlotWish
) -> list[tuple[str, ...]]:
    if wish.metrics:
        return [(name,) for name in dict.fromkeys(wish.metrics)]
    return charts({each.name for job in jobs for each in series_list(connection, job.id)})[:1]


def _curves(
    connection: sqlite3.Connection, job: JobSummary, metrics: Sequence[str], wish: PlotWish
) -> list[_Curve]:
    x, points = wish.x, _SMOOTHED_FROM if wish.smoothing else _POINTS
    course = None if x == "step" else step_course(connection, job.id, x)
    if x != "step" and course is None:
        return []
    scale = 1 / 60 if x == "time" else 1.0
    found = []
    measured = {each.name for each in series_list(connection, job.id)}
    for metric in metrics:
        if metric in measured:
            read = series(connection, job.id, metric, points=points)
            steps = read.steps if course is None else [course.at(step) for step in read.steps]
            found.append(_Curve(job, metric, [place * scale for place in steps], read.values))
    return found


def _nothing(connection: sqlite3.Connection, jobs: Sequence[JobSummary], wish: PlotWish) -> str:
    known = sorted({each.name for job in jobs for each in series_list(connection, job.id)})
    if not known:
        return "no metrics yet: they come with the first steps of a job"
    if not set(known) & set(wish.metrics or known):
        return f"none of these jobs has such a metric; they have {', '.join(known)}"
    return f"none of these jobs tells its {wish.x}: leave --x out to draw over steps"


def require_matplotlib() -> None:
    """Make sure that pictures can be drawn.

    Raises:
        MissingPackageError: if matplotlib is not installed, naming the way to install it.
    """
    try:
        import matplotlib as mpl  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Pictures are drawn with matplotlib: pip install 'ftlab[report]'"
        ) from error


def _figure(
    panels: Sequence[Sequence[str]], drawn: Sequence[Sequence[Sequence[_Curve]]], wish: PlotWish
) -> Figure:
    from matplotlib.figure import Figure

    size = (wish.width / _INCHES, wish.height * len(panels) / _INCHES)
    figure = Figure(figsize=size, layout="constrained")
    rows = figure.subplots(len(panels), squeeze=False)
    several = len({curve.job.id for panel in drawn for curves in panel for curve in curves}) > 1
    for (axes,), metrics, curves in zip(rows, panels, drawn, strict=True):
        for colour, of_job in zip(cycle(_COLOURS), curves, strict=False):
            for curve in of_job:
                line = _LINES[min(metrics.index(curve.metric), len(_LINES) - 1)]
                label = f"{curve.job.name} {curve.metric}" if several else curve.metric
                _draw(axes, curve, colour, line, label, wish.smoothing)
        _dress(axes, metrics, wish)
    return figure


def _draw(axes: Axes, curve: _Curve, colour: str, line: str, label: str, smoothing: float) -> None:
    marker = "o" if len(curve.places) <= _FEW_POINTS and line != _LINES[0] else None
    style: dict[str, Any] = {"color": colour, "linestyle": line, "linewidth": 1.5, "marker": marker}
    if not smoothing:
        axes.plot(curve.places, curve.values, label=label, markersize=3, **style)
        return
    axes.plot(curve.places, curve.values, color=colour, linestyle=line, linewidth=1, alpha=0.25)
    values = smoothed(curve.values, smoothing)
    axes.plot(curve.places, values, label=label, markersize=3, **style)


def _dress(axes: Axes, metrics: Sequence[str], wish: PlotWish) -> None:
    axes.set_xlabel(_AXES[wish.x])
    axes.set_ylabel(metrics[0])
    if wish.log:
        axes.set_yscale("log")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(visible=True, alpha=0.25, linewidth=0.6)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize="small")


def write_figure(figure: Figure, file: Path, kind: str) -> None:
    """Write a figure to a file of one of `FORMATS`; the same figure makes the same file."""
    import matplotlib as mpl

    # No date, and no names drawn at random.
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ftlab"}):
        figure.savefig(file, format=kind, metadata=metadata)
