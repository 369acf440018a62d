"""What mattered in a sweep as a picture in a file: a panel for each setting, or a curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.curves.plot import require_matplotlib, write_figure
from engine.data.exporting.placing import placed
from engine.sweeping.effects import Effect, effects, label
from engine.sweeping.learning_curve import LearningCurve, learning_curve
from store.errors import NotFoundError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from engine.sweeping.standing import Standing, Trial

_WIDE, _HIGH = 4.2, 3.6
_MOST_IN_A_ROW = 3
_COLOUR, _MEAN = "#0072B2", "#D55E00"
_SPREAD = 10
"""From so many times the lowest value on, an axis is of logarithms."""


def draw_sweep(found: Standing, file: Path, *, replace: bool = False) -> None:
    """Draw what mattered into a file; its ending says of which kind (svg, png, pdf).

    Args:
        found: how the sweep stands.
        file: what to write.
        replace: whether a file that is there already may go.

    Raises:
        MissingPackageError: if matplotlib is not installed.
        NotFoundError: if no trial has been measured yet.
        DataError: if the file cannot be written.
    """
    if not found.ranked:
        raise NotFoundError(
            f"no {found.measure.name} of a trial of {found.sweep.name} is known: "
            f"`ftlab sweep show {found.sweep.name}` tells how far they are"
        )
    require_matplotlib()
    with placed(file, folder=False, replace=replace) as partial:
        figure = _curve(found) if found.sweep.mode == "learning_curve" else _panels(found)
        write_figure(figure, partial, file.suffix.lstrip(".").lower())


def _panels(found: Standing) -> Figure:
    from matplotlib.figure import Figure

    told = effects(found.ranked)
    columns = max(1, min(_MOST_IN_A_ROW, len(told)))
    rows = max(1, -(-len(told) // columns))
    figure = Figure(figsize=(_WIDE * columns, _HIGH * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    places = [axes for line in grid for axes in line]
    for axes, effect in zip(places, told, strict=False):
        _panel(axes, effect, found.ranked)
        axes.set_ylabel(found.measure.name)
        _dress(axes)
    for axes in places[len(told) :]:
        axes.set_visible(False)
    figure.suptitle(f"{found.sweep.name}: {len(found.ranked)} trials")
    return figure


def _panel(axes: Axes, effect: Effect, ranked: Sequence[Trial]) -> None:
    from matplotlib.ticker import NullFormatter

    trials = [trial for trial in ranked if effect.name in trial.settings]
    values = list(dict.fromkeys(trial.settings[effect.name] for trial in trials))
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
    # Words stand side by side in the order in which they were found.
    ordered = sorted(values) if numbers else sorted(values, key=str)
    x = {each: each if numbers else place for place, each in enumerate(ordered)}
    measured: dict[Any, list[float]] = {each: [] for each in ordered}
    for trial in trials:
        measured[trial.settings[effect.name]].append(trial.value or 0.0)
    axes.plot(
        [x[trial.settings[effect.name]] for trial in trials],
        [trial.value or 0.0 for trial in trials],
        "o", color=_COLOUR, alpha=0.7, markersize=5,
    )  # fmt: skip
    if len(ordered) < len(trials):
        means = [sum(measured[each]) / len(measured[each]) for each in ordered]
        axes.plot([x[each] for each in ordered], means, "-", color=_MEAN, label="mean")
        axes.legend(frameon=False, fontsize="small")
    if numbers and min(ordered) > 0 and max(ordered) >= _SPREAD * min(ordered):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    if not numbers or len(ordered) < len(trials):
        axes.set_xticks([x[each] for each in ordered], [label(each) for each in ordered])
    share = "" if effect.share is None else f", explains {effect.share:.0%}"
    axes.set_xlabel(effect.name.replace("_", " ") + share)


def _curve(found: Standing) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    curve = learning_curve(found.ranked)
    figure = Figure(figsize=(_WIDE * 1.6, _HIGH * 1.2), layout="constrained")
    axes = figure.subplots()
    _draw_curve(axes, curve)
    counts = [examples for examples, _ in curve.points]
    axes.set_xscale("log")
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.xaxis.set_minor_formatter(NullFormatter())
    if all(value > 0 for _, value in curve.points):
        axes.set_yscale("log")
        for part in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            part(ScalarFormatter())
    axes.set_xlabel("examples learned from")
    axes.set_ylabel(found.measure.name)
    axes.set_title(found.sweep.name)
    _dress(axes)
    return figure


def _draw_curve(axes: Axes, curve: LearningCurve) -> None:
    counts = [examples for examples, _ in curve.points]
    axes.plot(counts, [value for _, value in curve.points], "o", color=_COLOUR)
    if curve.law is None:
        return
    ends = (counts[0], 2 * counts[-1])
    law = f"{curve.law.a:.3g} · examples^{-curve.law.b:.3g}"
    axes.plot(ends, [curve.law.at(each) for each in ends], "--", color=_MEAN, label=law)
    axes.legend(frameon=False, fontsize="small")


def _dress(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(visible=True, alpha=0.25, linewidth=0.6)
