"""What a job had reached at each of its steps: epochs, tokens, seconds."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from store.queries.metrics import series
from store.times import from_text

Measure = Literal["epoch", "tokens", "time"]

_POINTS = 600
_BATCHES = 200
"""How many batches of metrics are looked into for their times."""

_SERIES = {
    "epoch": ("epoch",),
    "tokens": ("tokens", "num_tokens", "num_input_tokens_seen", "total_tokens", "tokens_seen"),
}
_EPOCHS = "n_epochs"
"""What hosted services, which train whole epochs, call their number."""


@dataclass(frozen=True, slots=True)
class StepCourse:
    """How something grew with a job's steps; both are in order, and straight lines join them.

    Attributes:
        steps: some steps of the job.
        values: what was reached at each of them.
    """

    steps: Sequence[int]
    values: Sequence[float]

    def at(self, step: float) -> float:
        """Return what was reached at a step."""
        return _between(self.steps, self.values, step)

    def step_at(self, value: float) -> float:
        """Return at which step a value was reached."""
        return _between(self.values, self.steps, value)


def step_course(connection: sqlite3.Connection, job: str, measure: Measure) -> StepCourse | None:
    """Return how epochs, tokens or seconds since the first measured step grew with a job's steps.

    Epochs and tokens are what the job logged under the names that training programs use; epochs
    else follow from how many there are in all. Times are those at which steps were logged, a
    resumed run's pauses included.

    Returns:
        The course, thinned out; None if it is not known.
    """
    if measure == "time":
        return _times(connection, job)
    for name in _SERIES[measure]:
        found = series(connection, job, name, points=_POINTS)
        if len(found) > 1:
            return _growing(list(zip(found.steps, found.values, strict=True)))
    return _even_epochs(connection, job) if measure == "epoch" else None


def _even_epochs(connection: sqlite3.Connection, job: str) -> StepCourse | None:
    found = connection.execute(
        "SELECT total_steps, hyperparameters_json FROM job WHERE id = ?", (job,)
    ).fetchone()
    if found is None or not found[0]:
        return None
    epochs = json.loads(found[1]).get(_EPOCHS)
    if isinstance(epochs, bool) or not isinstance(epochs, (int, float)) or epochs <= 0:
        return None
    return StepCourse((0, found[0]), (0.0, float(epochs)))


def _times(connection: sqlite3.Connection, job: str) -> StepCourse | None:
    """Return seconds by step, from the first and the last point of some of the batches."""
    seqs = [
        row[0]
        for row in connection.execute(
            "SELECT seq FROM event WHERE stream = ? AND type = 'MetricsRecorded' ORDER BY version",
            (f"job/{job}",),
        )
    ]
    apart = max(1, -(-len(seqs) // _BATCHES))
    chosen = sorted({*seqs[::apart], *seqs[-1:]})
    points = []
    for seq in chosen:
        occurred, data = connection.execute(
            "SELECT occurred, data FROM event WHERE seq = ?", (seq,)
        ).fetchone()
        points += _ends(from_text(occurred).timestamp(), json.loads(data))
    return _growing([(step, at - points[0][1]) for step, at in points]) if points else None


def _ends(began: float, batch: dict[str, Any]) -> list[tuple[int, float]]:
    """Return step and time of the first and the last point of a batch, as far as it has times."""
    found = []
    for group in batch.get("groups", ()):
        steps, after = group["steps"], group.get("after_ms")
        if not after:
            continue
        if isinstance(steps, dict):
            last = steps["first"] + steps.get("stride", 1) * (steps["count"] - 1)
            ends = [(steps["first"], after[0]), (last, after[-1])]
        else:
            ends = [(steps[0], after[0]), (steps[-1], after[-1])]
        found += [(step, began + timedelta(milliseconds=ms).total_seconds()) for step, ms in ends]
    return sorted(found)


def _growing(points: Sequence[tuple[int, float]]) -> StepCourse | None:
    """Return the points of which each is later than all before; a step made anew counts anew."""
    steps: list[int] = []
    values: list[float] = []
    for step, value in points:
        while steps and steps[-1] >= step:
            steps.pop()
            values.pop()
        if not values or value > values[-1]:
            steps.append(step)
            values.append(value)
    return StepCourse(steps, values) if len(steps) > 1 else None


def _between(places: Sequence[float], values: Sequence[float], wanted: float) -> float:
    """Interpolate; beyond the ends the first and the last line go on."""
    right = bisect_right(places, wanted) if wanted < places[-1] else bisect_left(places, wanted)
    right = min(max(1, right), len(places) - 1)
    left = right - 1
    slope = (values[right] - values[left]) / (places[right] - places[left])
    return values[left] + slope * (wanted - places[left])
