"""What a fold is, and what folds share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from store.recorded import Recorded

Fold = Callable[[Session, Recorded, Any], None]
"""Changes the rows of a session by one event and its fact."""


def subject(event: Recorded) -> str:
    """Return what the event's stream tells of: `job/job_1s8…` -> `job_1s8…`."""
    return event.stream.partition("/")[2]
