"""What the rows of hosted jobs have beside those of local ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from store.tables import Job, RemoteEvent
from store.times import to_text


def take_report(job: Job, report: dict[str, Any]) -> None:
    """Keep a provider's report of a job, and what of it has columns of its own."""
    job.report_json = json.dumps(report, sort_keys=True)
    tokens = report.get("trained_tokens")
    if isinstance(tokens, int):
        job.trained_tokens = tokens
    job.estimated_finish = _time(report.get("estimated_finish"))


def note_sources(session: Session, job: Job, ids: Iterable[str]) -> None:
    """Note which of the provider's events have been taken in."""
    rows = [{"job": job.id, "event": event} for event in ids]
    if rows:
        # Five times as fast as to merge them one by one.
        session.execute(insert(RemoteEvent).prefix_with("OR IGNORE"), rows)


def _time(seconds: object) -> str | None:
    """Return a provider's time (seconds since 1970) as text; None for what is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return to_text(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None
