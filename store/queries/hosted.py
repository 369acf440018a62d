"""Questions about what providers have: files, events that were taken in, jobs by their own ids."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteFileRow:
    """A file at a provider; see `store.tables.RemoteFile`."""

    provider: str
    file: str
    filename: str | None
    purpose: str | None
    content: str | None
    bytes: int | None
    state: str
    reason: str | None
    dataset: str | None
    recorded_at: str


@dataclass(frozen=True, slots=True)
class ResultFileRow:
    """A result file of a job; see `store.tables.ResultFile`."""

    job: str
    file: str
    content: str | None
    bytes: int | None
    rows: int | None
    malformed: int
    reason: str | None


_FILE = ", ".join(RemoteFileRow.__slots__)
_RESULT = ", ".join(ResultFileRow.__slots__)


def taken_events(connection: sqlite3.Connection, job: str) -> set[str]:
    """Return the provider's ids of the events of a job that have been taken in."""
    rows = connection.execute("SELECT event FROM remote_event WHERE job = ?", (job,))
    return {row[0] for row in rows}


def files_of_content(
    connection: sqlite3.Connection, provider: str, content: str
) -> list[RemoteFileRow]:
    """Return the files of this content that a provider was last known to have, newest first."""
    rows = connection.execute(
        f"SELECT {_FILE} FROM remote_file WHERE provider = ? AND content = ? "
        "AND state IN ('uploaded', 'kept') ORDER BY recorded_at DESC",
        (provider, content),
    )
    return [RemoteFileRow(*row) for row in rows]


def remote_file(connection: sqlite3.Connection, provider: str, file: str) -> RemoteFileRow | None:
    """Return what is known of a provider's file."""
    row = connection.execute(
        f"SELECT {_FILE} FROM remote_file WHERE provider = ? AND file = ?", (provider, file)
    ).fetchone()
    return RemoteFileRow(*row) if row else None


def remote_files(
    connection: sqlite3.Connection, provider: str | None = None
) -> list[RemoteFileRow]:
    """Return the files that providers have or had, newest first."""
    rows = connection.execute(
        f"SELECT {_FILE} FROM remote_file WHERE ?1 IS NULL OR provider = ?1 "
        "ORDER BY recorded_at DESC, file",
        (provider,),
    )
    return [RemoteFileRow(*row) for row in rows]


def result_files(connection: sqlite3.Connection, job: str) -> list[ResultFileRow]:
    """Return the result files of a job."""
    rows = connection.execute(
        f"SELECT {_RESULT} FROM result_file WHERE job = ? ORDER BY file", (job,)
    )
    return [ResultFileRow(*row) for row in rows]


def jobs_at(connection: sqlite3.Connection, provider: str) -> dict[str, str]:
    """Return the ids of all jobs at a provider by the provider's own ids."""
    rows = connection.execute(
        "SELECT remote_id, id FROM job WHERE provider = ? AND remote_id IS NOT NULL", (provider,)
    )
    return dict(rows.fetchall())


def models_at(connection: sqlite3.Connection, provider: str) -> dict[str, str]:
    """Return the ids of all models at a provider by the provider's own names."""
    rows = connection.execute(
        "SELECT remote_id, id FROM model WHERE provider = ? AND remote_id IS NOT NULL", (provider,)
    )
    return dict(rows.fetchall())
