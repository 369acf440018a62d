"""What the rows of hosted jobs have beside those of local ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from store.projections.rows import Rows
from store.tables import Job, RemoteEvent
from store.times import to_text

_LARGEST = 2**63 - 1


def take_report(job: Job, report: dict[str, Any]) -> None:
    """Keep a provider's report of a job, and what of it has columns of its own."""
    job.report_json = json.dumps(report, sort_keys=True)
    tokens = report.get("trained_tokens")
    if isinstance(tokens, int) and not isinstance(tokens, bool) and abs(tokens) <= _LARGEST:
        job.trained_tokens = tokens
    job.estimated_finish = _time(report.get("estimated_finish"))


def note_sources(rows: Rows, job: Job, ids: Iterable[str]) -> None:
    """Note which of the provider's events have been taken in."""
    rows.add_once(RemoteEvent, [(job.id, event) for event in ids])


def _time(seconds: object) -> str | None:
    """Return a provider's time (seconds since 1970) as text; None for what is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return to_text(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None
