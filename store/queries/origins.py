"""Questions about where recorded things are from: this lab, or another one by way of an archive."""

from __future__ import annotations

import sqlite3

from store.job_status import ACTIVE

_LOOKED_AFTER_ELSEWHERE = f"""
SELECT job.id FROM job
JOIN event AS begun ON begun.stream = 'job/' || job.id AND begun.version = (
    SELECT MAX(version) FROM event
    WHERE stream = 'job/' || job.id AND type IN ('JobPlanned', 'JobResumed', 'JobImported'))
JOIN event AS told ON told.seq = begun.cause AND told.type = 'EventsImported'
WHERE job.status IN ({", ".join("?" * len(ACTIVE))})
    AND (job.provider IN ('local', 'script') OR job.remote_id IS NULL)
ORDER BY job.id
"""


def looked_after_elsewhere(connection: sqlite3.Connection) -> list[str]:
    """Return the ids of active jobs that only the lab that began them can look after.

    They came in an archive, and either run on that lab's machine or are not at their service yet:
    here nobody may take their process for dead, or submit (and pay for) them a second time.
    """
    return [row[0] for row in connection.execute(_LOOKED_AFTER_ELSEWHERE, ACTIVE)]
