"""What a fold is, and what folds share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from store.projections.rows import Rows
from store.recorded import Recorded

Fold = Callable[[Rows, Recorded, Any], None]
"""Changes rows by one event and its fact."""


def subject(event: Recorded) -> str:
    """Return what the event's stream tells of: `job/job_1s8…` -> `job_1s8…`."""
    return event.stream.partition("/")[2]
