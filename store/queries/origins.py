"""Questions about where recorded things are from: this lab, or another one by way of an archive."""

from __future__ import annotations

import sqlite3

from store.job_status import ACTIVE

_LOOKED_AFTER_ELSEWHERE = f"""
SELECT job.id FROM job
JOIN event AS begun ON begun.stream = 'job/' || job.id AND begun.version = (
    SELECT MAX(version) FROM event WHERE stream = 'job/' || job.id
    AND type IN ('JobPlanned', 'JobQueued', 'JobResumed', 'JobImported'))
JOIN event AS told ON told.seq = begun.cause AND told.type = 'EventsImported'
WHERE job.status IN ({", ".join("?" * len(ACTIVE))})
    AND (job.provider IN ('local', 'script') OR job.remote_id IS NULL)
ORDER BY job.id
"""


_BEGAN_ELSEWHERE = """
SELECT told.type = 'EventsImported' FROM event AS begun
LEFT JOIN event AS told ON told.seq = begun.cause
WHERE begun.stream = 'job/' || ? AND begun.type IN ('JobPlanned', 'JobQueued', 'JobResumed')
ORDER BY begun.version DESC LIMIT 1
"""


def began_elsewhere(connection: sqlite3.Connection, job: str) -> bool:
    """Tell whether another lab began a job, by its id, or went on with it last."""
    row = connection.execute(_BEGAN_ELSEWHERE, (job,)).fetchone()
    return row is not None and bool(row[0])


def looked_after_elsewhere(connection: sqlite3.Connection) -> list[str]:
    """Return the ids of active jobs that only the lab that began them can look after.

    They came in an archive, and either run on that lab's machine or are not at their service yet:
    here nobody may take their process for dead, or submit (and pay for) them a second time.
    """
    return [row[0] for row in connection.execute(_LOOKED_AFTER_ELSEWHERE, ACTIVE)]
