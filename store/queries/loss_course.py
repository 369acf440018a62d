"""How a job's training loss went, in a handful of numbers for a sparkline."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence

from store.queries.metrics import series

_NAMES = ("loss", "train_loss")
_LEAST_POINTS = 60


def loss_course(connection: sqlite3.Connection, job: str, stretches: int) -> tuple[float, ...]:
    """Return the means of a job's training loss over equal stretches of its steps.

    Args:
        connection: where to read.
        job: its id.
        stretches: how many at most; those without a finite value are left out.

    Returns:
        The means in nats, the oldest first; none if nothing was measured.
    """
    for name in _NAMES:
        found = series(connection, job, name, points=max(_LEAST_POINTS, 3 * stretches))
        if found.steps:
            return _means(found.steps, found.values, stretches)
    return ()


def _means(steps: Sequence[int], values: Sequence[float], stretches: int) -> tuple[float, ...]:
    first, span = min(steps), max(1, max(steps) - min(steps) + 1)
    parts: list[list[float]] = [[] for _ in range(stretches)]
    for step, value in zip(steps, values, strict=True):
        if math.isfinite(value):
            parts[(step - first) * stretches // span].append(value)
    return tuple(sum(part) / len(part) for part in parts if part)
