"""Questions about sweeps and their trials."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store import job_status
from store.queries.find import find


@dataclass(frozen=True, slots=True)
class SweepRow:
    """A sweep; see `store.tables.Sweep`. Times are UTC texts, money is US dollars.

    `trials` counts all, `succeeded` and `ended` those of them that did.
    """

    id: str
    name: str
    mode: str
    provider: str
    base_model: str
    method: str
    dataset: str
    validation: str | None
    axes_json: str
    fixed_json: str
    seed: int
    by: str | None
    recipe: str
    estimate: float | None
    max_cost: float | None
    best: str | None
    planned_at: str
    completed_at: str | None
    updated_at: str
    trials: int
    succeeded: int
    ended: int
    interrupted: int

    @property
    def is_open(self) -> bool:
        """Whether a trial runs or waits, or could go on from where it was interrupted."""
        return self.ended < self.trials or self.interrupted > 0

    @property
    def status(self) -> str:
        """What is to be said of it: `running`, `interrupted` or `done`."""
        if self.ended < self.trials:
            return "running"
        return "interrupted" if self.interrupted else "done"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A trial of a sweep; see `store.tables.SweepTrial`."""

    sweep: str
    number: int
    job: str
    settings_json: str
    examples: int


_COUNTED = 4
_COLUMNS = ", ".join(f'sweep."{name}"' for name in SweepRow.__slots__[:-_COUNTED])
_ENDED = ", ".join(f"'{status}'" for status in job_status.ENDED)
_SWEEPS = f"""
SELECT {_COLUMNS}, COUNT(trial.job), COALESCE(SUM(job.status = '{job_status.SUCCEEDED}'), 0),
COALESCE(SUM(job.status IN ({_ENDED})), 0),
COALESCE(SUM(job.status = '{job_status.INTERRUPTED}'), 0)
FROM sweep LEFT JOIN sweep_trial AS trial ON trial.sweep = sweep.id
LEFT JOIN job ON job.id = trial.job
"""
_TRIAL = ", ".join(TrialRow.__slots__)


def sweep_list(connection: sqlite3.Connection) -> list[SweepRow]:
    """Return all sweeps, newest first."""
    query = f"{_SWEEPS} GROUP BY sweep.id ORDER BY sweep.planned_at DESC, sweep.id DESC"
    return [SweepRow(*row) for row in connection.execute(query)]


def sweep(connection: sqlite3.Connection, reference: str) -> SweepRow:
    """Return one sweep by its id, its name or a unique beginning of either.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "sweep", reference)
    query = f"{_SWEEPS} WHERE sweep.id = ? GROUP BY sweep.id"
    return SweepRow(*connection.execute(query, (found,)).fetchone())


def open_sweep(connection: sqlite3.Connection, recipe: str) -> SweepRow | None:
    """Return the newest sweep of this very recipe that has not come to its end, if there is one."""
    query = f"{_SWEEPS} WHERE sweep.recipe = ? GROUP BY sweep.id ORDER BY sweep.planned_at DESC"
    found = (SweepRow(*row) for row in connection.execute(query, (recipe,)))
    return next((row for row in found if row.is_open), None)


def trials(connection: sqlite3.Connection, sweep: str) -> list[TrialRow]:
    """Return the trials of a sweep, by their numbers."""
    rows = connection.execute(
        f"SELECT {_TRIAL} FROM sweep_trial WHERE sweep = ? ORDER BY number", (sweep,)
    )
    return [TrialRow(*row) for row in rows]


def sweep_of(connection: sqlite3.Connection, job: str) -> tuple[SweepRow, int] | None:
    """Return the sweep that a job is a trial of, and which one; None if it is none."""
    row = connection.execute(
        "SELECT sweep, number FROM sweep_trial WHERE job = ?", (job,)
    ).fetchone()
    return None if row is None else (sweep(connection, row[0]), row[1])
