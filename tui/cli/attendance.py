"""Whether anybody looks after the jobs: what is shown of them is as old as the last look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.leases import POLLER, holder_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from store.queries.jobs import JobDetail, JobSummary


def polled_by(connection: sqlite3.Connection) -> str | None:
    """Return who brings in the news of jobs and starts those that wait; None if nobody does."""
    return holder_of(connection, POLLER)


def unattended(
    connection: sqlite3.Connection, shown: Iterable[JobSummary | JobDetail]
) -> str | None:
    """Say that active jobs are shown as they were last seen, if nobody looks after them now."""
    from store.job_status import ACTIVE
    from store.queries.origins import looked_after_elsewhere

    active = {job.id for job in shown if job.status in ACTIVE}
    if not active or polled_by(connection) is not None:
        return None
    if not active - set(looked_after_elsewhere(connection)):
        return None
    return (
        "Active jobs are shown as they were last seen: no daemon and no dashboard looks after "
        "them. `ftlab poll --once` looks at them now, `ftlab daemon` for good."
    )
