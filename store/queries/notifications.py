"""Questions about telling somebody outside that a job has ended: what is owed, what came of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from store.job_status import CANCELLED, FAILED, INTERRUPTED, SUCCEEDED

ENDS = {
    SUCCEEDED: "JobSucceeded",
    FAILED: "JobFailed",
    INTERRUPTED: "JobInterrupted",
    CANCELLED: "JobCancelled",
}
"""The event that tells of each way in which a job may end."""

_STATUS_OF = {type_name: status for status, type_name in ENDS.items()}

# An end is owed if it is the job's own news: not another lab's, and nothing of the time before the
# job was known here; of a script's run, which is known late, nothing of the time before anybody
# wanted to be told. One that repeats what was known already ended nothing.
_OWED = """
SELECT ended.seq, ended.stream, ended.version, ended.type, ended.occurred, ended.data
FROM event AS ended
JOIN event AS first ON first.stream = ended.stream AND first.version = 1
LEFT JOIN event AS led ON led.seq = ended.cause
WHERE ended.type IN (SELECT value FROM json_each(:types)) AND ended.seq > :after
    AND NOT EXISTS (
        SELECT 1 FROM event AS told WHERE told.stream = ended.stream
        AND told.key = 'notify:' || :way || ':' || ended.version)
    AND led.type IS NOT 'EventsImported'
    AND NOT (led.type IS 'HistoryImportStarted' AND ended.occurred = ended.at)
    AND (first.type <> 'JobImported' OR ended.occurred >= CASE
        WHEN json_extract(first.data, '$.provider') = 'script' THEN :since ELSE first.at END)
    AND COALESCE((
        SELECT type FROM event AS before
        WHERE before.stream = ended.stream AND before.version < ended.version
        AND type IN ('JobSucceeded', 'JobFailed', 'JobCancelled', 'JobResumed', 'JobQueued')
        ORDER BY version DESC LIMIT 1), '') NOT IN ('JobSucceeded', 'JobFailed', 'JobCancelled')
    AND NOT (ended.type = 'JobInterrupted' AND COALESCE((
        SELECT type FROM event AS before
        WHERE before.stream = ended.stream AND before.version < ended.version
        AND type IN ('JobInterrupted', 'JobResumed', 'JobQueued', 'JobSubmitted',
            'JobStatusChanged')
        ORDER BY version DESC LIMIT 1), '') = 'JobInterrupted')
ORDER BY ended.seq
"""

_OUTCOMES = """
SELECT claim.seq, claim.stream, job.name, claim.at, claim.data, told.type, told.data
FROM event AS claim
LEFT JOIN job ON job.id = SUBSTR(claim.stream, 5)
LEFT JOIN event AS told ON told.stream = claim.stream AND told.key = claim.key || ':outcome'
LEFT JOIN event AS led ON led.seq = claim.cause
WHERE claim.type = 'NotificationClaimed' AND claim.at >= :since
    AND led.type IS NOT 'EventsImported'
ORDER BY claim.seq DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Began:
    """Since when somebody is told in a way.

    Attributes:
        seq: of the event that says so.
        at: when it was recorded, as UTC text.
        ends: of which ends they are told.
    """

    seq: int
    at: str
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The end of a job, of which somebody is to be told.

    Attributes:
        seq: of the event that tells of it.
        stream: the job's.
        version: of that event in the stream.
        status: what became of the job.
        occurred: when, as UTC text.
        reason: why, if it did not succeed and that is known.
    """

    seq: int
    stream: str
    version: int
    status: str
    occurred: str
    reason: str | None

    @property
    def job(self) -> str:
        """The job's id."""
        return self.stream.removeprefix("job/")


@dataclass(frozen=True, slots=True)
class Notification:
    """What is known of telling somebody of one end.

    Attributes:
        seq: of the event that claims it.
        job: the job's id.
        name: the job's name.
        at: when it was claimed, as UTC text.
        way: `command` or `url`.
        to: the program or the host.
        status: what became of the job.
        state: `sent`, `failed`, or `unknown`: it is under way, or whoever did it was cut off.
        outcome: the answer, or what went wrong.
        said: the last of what the command printed.
    """

    seq: int
    job: str
    name: str
    at: str
    way: str
    to: str
    status: str
    state: str
    outcome: str | None
    said: str


def key_of(way: str, end: int) -> str:
    """Return the key of the claim to tell of an end, by its version in the job's stream."""
    return f"notify:{way}:{end}"


def key_of_outcome(way: str, end: int) -> str:
    """Return the key of what came of it."""
    return f"{key_of(way, end)}:outcome"


def began(connection: sqlite3.Connection) -> dict[str, Began]:
    """Return the ways in which somebody is told now, as far as the log knows, by name."""
    found: dict[str, Began] = {}
    rows = connection.execute(
        "SELECT seq, at, type, data FROM event WHERE +stream = 'lab' "
        "AND type IN ('NotifyingBegan', 'NotifyingEnded') ORDER BY seq"
    )
    for seq, at, type_name, data in rows:
        said = json.loads(data)
        if type_name == "NotifyingBegan":
            found[said["way"]] = Began(seq, at, tuple(said["ends"]))
        else:
            found.pop(said["way"], None)
    return found


def owed(
    connection: sqlite3.Connection, way: str, since: Began, after: int, ends: Collection[str]
) -> list[End]:
    """Return the ends of which nobody has claimed to tell, oldest first.

    Args:
        connection: where to read.
        way: how they would be told.
        since: from when on they are.
        after: only ends past this seq; those before are known to be told.
        ends: the statuses of which they are told.
    """
    values = {
        "types": json.dumps([ENDS[status] for status in ends]),
        "after": max(since.seq, after),
        "way": way,
        "since": since.at,
    }
    return [_end(*row) for row in connection.execute(_OWED, values)]


def _end(seq: int, stream: str, version: int, type_name: str, occurred: str, data: str) -> End:
    said = json.loads(data)
    return End(
        seq, stream, version, _STATUS_OF[type_name], occurred, said.get("error", said.get("reason"))
    )


def notifications(
    connection: sqlite3.Connection, *, since: str = "", limit: int = -1
) -> list[Notification]:
    """Return whom this lab told of what, newest first.

    Args:
        connection: where to read.
        since: only what was claimed at or after this UTC text.
        limit: at most this many; -1 for all.
    """
    rows = connection.execute(_OUTCOMES, {"since": since, "limit": limit})
    return [_notification(*row) for row in rows]


def _notification(
    seq: int,
    stream: str,
    name: str | None,
    at: str,
    claim: str,
    type_name: str | None,
    outcome: str | None,
) -> Notification:
    job = stream.removeprefix("job/")
    claimed = json.loads(claim)
    told = json.loads(outcome) if outcome is not None else {}
    states = {"NotificationSent": "sent", "NotificationFailed": "failed", None: "unknown"}
    return Notification(
        seq,
        job,
        name or job,
        at,
        claimed["way"],
        claimed["to"],
        claimed["status"],
        states[type_name],
        told.get("outcome", told.get("error")),
        told.get("said", ""),
    )
