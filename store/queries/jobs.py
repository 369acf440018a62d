"""Questions about jobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class JobSummary:
    """A line of the job list. Times are UTC texts; losses are the newest ones, in nats.

    `dataset` is the id of the version that it learns from; `base_name` what the model is called
    that it goes on from, if it is one of ours; money is US dollars.
    """

    id: str
    name: str
    provider: str
    base_model: str
    status: str
    step: int
    total_steps: int | None
    loss: float | None
    planned_at: str
    started_at: str | None
    ended_at: str | None
    updated_at: str
    eval_loss: float | None = None
    method: str = ""
    dataset: str | None = None
    cost: float | None = None
    estimate: float | None = None
    dataset_name: str | None = None
    dataset_version: int | None = None
    base_name: str | None = None

    @property
    def learns_from(self) -> str | None:
        """The dataset version as people call it, `name@version`; its id if it is not known here."""
        if self.dataset_name is None:
            return self.dataset
        return f"{self.dataset_name}@{self.dataset_version}"

    @property
    def progress(self) -> float | None:
        """The part of the steps that is done, 0 to 1, if the number of steps is known."""
        if not self.total_steps:
            return None
        return min(1.0, self.step / self.total_steps)


@dataclass(frozen=True, slots=True)
class JobDetail:
    """Everything the read model knows of one job; money is US dollars."""

    id: str
    name: str
    provider: str
    base_model: str
    method: str
    hyperparameters_json: str
    options_json: str
    dataset: str | None
    validation: str | None
    seed: int | None
    model: str | None
    status: str
    reported_status: str | None
    remote_id: str | None
    imported: bool
    requested: str | None
    retry_of: str | None
    training_file: str | None
    validation_file: str | None
    creation_requested_at: str | None
    creation_attempts: int
    report_json: str | None
    trained_tokens: int | None
    estimated_finish: str | None
    estimate: float | None
    cost: float | None
    attempt: int
    step: int
    total_steps: int | None
    loss: float | None
    eval_loss: float | None
    checkpoint: int | None
    reason: str | None
    details: str | None
    progress_offset: int
    planned_at: str
    started_at: str | None
    ended_at: str | None
    updated_at: str
    version: int
    dataset_name: str | None
    dataset_version: int | None
    examples: int | None


_SUMMARY = (
    ", ".join(f"job.{name}" for name in JobSummary.__slots__[:-3])
    + ", dataset_version.name, dataset_version.version, base.name "
    "FROM job LEFT JOIN dataset_version ON dataset_version.id = job.dataset "
    "LEFT JOIN model AS base ON base.id = job.base_model"
)
_IMPORTED = JobDetail.__slots__.index("imported")
_DETAIL = ", ".join(f"job.{name}" for name in JobDetail.__slots__[:-3])


def job_list(
    connection: sqlite3.Connection,
    *,
    status: str | None = None,
    provider: str | None = None,
    limit: int = -1,
    offset: int = 0,
) -> list[JobSummary]:
    """Return jobs, newest first."""
    # Only what is asked for stands in the query, so that SQLite goes by the index of the status.
    asked = {"job.status": status, "job.provider": provider}
    wanted = {column: value for column, value in asked.items() if value is not None}
    where = "WHERE " + " AND ".join(f"{column} = ?" for column in wanted) if wanted else ""
    rows = connection.execute(
        f"SELECT {_SUMMARY} {where} ORDER BY job.planned_at DESC, job.id DESC LIMIT ? OFFSET ?",
        (*wanted.values(), limit, offset),
    )
    return [JobSummary(*row) for row in rows]


def jobs_by_id(connection: sqlite3.Connection, ids: Sequence[str]) -> list[JobSummary]:
    """Return the named jobs, newest first; ids that do not exist are left out."""
    import json

    # One JSON parameter, because SQLite limits how many there may be.
    rows = connection.execute(
        f"SELECT {_SUMMARY} WHERE job.id IN (SELECT value FROM json_each(?)) "
        "ORDER BY job.planned_at DESC, job.id DESC",
        (json.dumps(list(ids)),),
    )
    return [JobSummary(*row) for row in rows]


def status_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many jobs there are of each status."""
    return dict(connection.execute("SELECT status, COUNT(*) FROM job GROUP BY status"))


def changed_jobs(connection: sqlite3.Connection, after: int) -> list[str]:
    """Return the ids of the jobs that events after this seq tell of, or of whose models they do."""
    # The plus keeps SQLite from walking all jobs' streams in the index instead of the new events.
    jobs = connection.execute(
        "SELECT DISTINCT SUBSTR(stream, 5) FROM event WHERE seq > ? AND +stream >= 'job/' "
        "AND +stream < 'job0'",
        (after,),
    )
    makers = connection.execute(
        "SELECT DISTINCT model.job FROM event JOIN model ON model.id = SUBSTR(event.stream, 7) "
        "WHERE seq > ? AND +stream >= 'model/' AND +stream < 'model0' AND model.job IS NOT NULL",
        (after,),
    )
    return list(dict.fromkeys(row[0] for row in (*jobs, *makers)))


def find_job(connection: sqlite3.Connection, reference: str) -> str:
    """Return the id of the job that a reference (id, name, beginning) means; see `find`."""
    return find(connection, "job", reference)


def job_detail(connection: sqlite3.Connection, job: str) -> JobDetail:
    """Return one job by id, name or beginning.

    Raises:
        NotFoundError: if there is none.
    """
    row = connection.execute(
        f"SELECT {_DETAIL}, dataset_version.name, dataset_version.version, "
        "dataset_version.examples FROM job LEFT JOIN dataset_version "
        "ON dataset_version.id = job.dataset WHERE job.id = ?",
        (find_job(connection, job),),
    ).fetchone()
    return replace(JobDetail(*row), imported=bool(row[_IMPORTED]))


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A state of the model: a folder in the run's folder, or a hosted model with its metrics."""

    step: int
    path: str | None
    model: str | None
    metrics_json: str
    saved_at: str


def checkpoints(connection: sqlite3.Connection, job: str) -> list[CheckpointRow]:
    """Return a job's recorded checkpoints, by step."""
    rows = connection.execute(
        "SELECT step, path, model, metrics_json, saved_at FROM checkpoint "
        "WHERE job = ? ORDER BY step",
        (job,),
    )
    return [CheckpointRow(*row) for row in rows]
