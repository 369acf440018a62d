"""What a learning curve says: would more data help, or would less have done?

Held-out loss falls with the number of examples about as a power law (Hestness et al., "Deep
Learning Scaling is Predictable, Empirically", 2017): loss = a * examples ** -b, fitted as a line
through the logarithms. Each size was trained once, so that how far the points lie from that line is
the only measure of chance that there is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import linear_regression

from engine.sweeping.measuring import Measure
from engine.sweeping.standing import Trial

_FEWEST = 3
_FITTED = 2
"""Parameters of the law."""

_CLEAR = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""So many times the scatter, a difference is more than chance is likely to make: Student's t, two
sides of 95%, by how many more points there are than parameters. Three tell next to nothing."""

_LITTLE = 0.005
"""A part of the loss that is not worth more data, however certain it is."""


@dataclass(frozen=True, slots=True)
class Law:
    """loss = a * examples ** -b.

    Attributes:
        a: what it would be with one example.
        b: how fast it falls.
        scatter: the standard deviation of the points from it, as a part of the loss.
    """

    a: float
    b: float
    scatter: float

    def at(self, examples: float) -> float:
        """Return the loss with so many examples."""
        return float(self.a * examples**-self.b)


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """A loss for each number of examples.

    Attributes:
        points: examples and loss, the fewest examples first.
        law: the power law through them; None with fewer than three points, or if one is not above
            zero.
        last_drop: how much lower the last doubling of the examples made the loss, read off between
            the points; None where less than a doubling was measured.
    """

    points: tuple[tuple[int, float], ...]
    law: Law | None
    last_drop: float | None


def learning_curve(ranked: Sequence[Trial]) -> LearningCurve:
    """Put the trials of a learning curve together, as far as they were measured."""
    points = tuple(
        sorted((trial.examples, trial.value) for trial in ranked if trial.value is not None)
    )
    return LearningCurve(points, _law(points), _last_drop(points))


def verdict(curve: LearningCurve, measure: Measure) -> list[str]:
    """Say, with care, what the better next step is: more data, or fewer dollars."""
    if measure.direction > 0:
        return [f"Ranked by {measure.name}: what more data does is told of losses."]
    if curve.last_drop is None:
        return ["Too few sizes have been measured to say whether more data would help."]
    largest, loss = curve.points[-1]
    drop = f"The last doubling, to {largest:,} examples, {_lowered(curve.last_drop, loss)}."
    if curve.law is None:
        few = f"a power law is fitted from {_FEWEST} sizes on"
        return [drop, f"Whether that is more than chance, two sizes cannot tell: {few}."]
    return [drop, *_with_law(curve, curve.law, loss)]


def _with_law(curve: LearningCurve, law: Law, loss: float) -> list[str]:
    largest = curve.points[-1][0]
    scatter = law.scatter * loss
    assert curve.last_drop is not None  # noqa: S101 - told by the caller
    around = f"the points lie about {scatter:.2g} around the fitted power law"
    if curve.last_drop <= 0:
        next_step = (
            "More data of this kind is unlikely to help as it is: a smaller part, or another "
            "recipe, is the cheaper next step."
        )
    elif curve.last_drop <= _LITTLE * (loss + curve.last_drop):
        next_step = (
            "That is hardly anything: more data of this kind may help little. A smaller part, or "
            "another recipe, is the cheaper next step."
        )
    elif curve.last_drop <= _clear(len(curve.points)) * scatter:
        next_step = (
            f"That is no more than chance may do ({around}): more data may help little. Training "
            "on a smaller part is worth a try before paying for more."
        )
    else:
        next_step = (
            f"That is more than chance is likely to do ({around}): more data of this kind probably "
            f"helps. If the law holds on, {2 * largest:,} examples come to about "
            f"{law.at(2 * largest):.4g}."
        )
    once = "Each size was trained once: another --seed draws other examples, and tells how far this"
    return [next_step, f"{once} can be trusted."]


def _clear(points: int) -> float:
    return _CLEAR[min(points - _FITTED, len(_CLEAR)) - 1]


def _lowered(drop: float, loss: float) -> str:
    if drop <= 0:
        return f"did not lower the loss (by {drop:.2g})"
    return f"lowered the loss by {drop:.2g} ({drop / (loss + drop):.1%})"


def _law(points: Sequence[tuple[int, float]]) -> Law | None:
    if len(points) < _FEWEST or any(loss <= 0 for _, loss in points):
        return None
    x = [math.log(examples) for examples, _ in points]
    y = [math.log(loss) for _, loss in points]
    slope, intercept = linear_regression(x, y)
    off = [value - (intercept + slope * place) for place, value in zip(x, y, strict=True)]
    scatter = math.sqrt(sum(each**2 for each in off) / (len(points) - _FITTED))
    return Law(math.exp(intercept), -slope, scatter)


def _last_drop(points: Sequence[tuple[int, float]]) -> float | None:
    if len(points) < 2 or points[0][0] * 2 > points[-1][0]:
        return None
    largest, loss = points[-1]
    return _at(points, largest / 2) - loss


def _at(points: Sequence[tuple[int, float]], examples: float) -> float:
    """Return the loss between two points, on the line between the logarithms of their examples."""
    for (few, before), (many, after) in pairwise(points):
        if few <= examples <= many:
            part = math.log(examples / few) / math.log(many / few)
            return before + (after - before) * part
    return points[-1][1]
