"""What is known of sweeps: which jobs are their trials, and how far they have come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from store.errors import NotFoundError
from store.events import JobFailed, JobInterrupted, SweepCompleted, SweepPlanned, SweepTrial
from store.queries.sweeps import open_sweep, sweep, sweep_list, sweep_of, trials

if TYPE_CHECKING:
    from store.log import EventLog
    from tests.store.conftest import Planned


def _planned(name: str, *jobs: str) -> SweepPlanned:
    return SweepPlanned(
        id=f"swp_{name}",
        name=name,
        mode="grid",
        provider="local",
        base_model="base",
        method="lora",
        dataset="ds_1",
        axes={"epochs": [1, 2]},
        recipe="r" * 64,
        trials=[
            SweepTrial(job=job, settings={"epochs": place}, examples=9)
            for place, job in enumerate(jobs, start=1)
        ],
    )


def test_a_sweep_is_as_far_as_its_jobs_are(log: EventLog, planned: Planned) -> None:
    for job in ("job_a", "job_b"):
        log.append(f"job/{job}", planned(job))
    log.append("sweep/swp_rates", _planned("rates", "job_a", "job_b"))
    reader = log.database.reader
    row = sweep(reader, "rates")
    assert (row.trials, row.succeeded, row.ended, row.status) == (2, 0, 0, "running")
    assert open_sweep(reader, "r" * 64) == row
    assert [json.loads(trial.settings_json) for trial in trials(reader, row.id)] == [
        {"epochs": 1},
        {"epochs": 2},
    ]
    assert sweep_of(reader, "job_b") == (row, 2)

    log.append("job/job_a", JobFailed(error="no"))
    log.append("job/job_b", JobInterrupted(reason="gone"))
    row = sweep(reader, "swp_r")
    assert (row.ended, row.interrupted, row.status, row.is_open) == (2, 1, "interrupted", True)
    log.append("job/job_b", JobFailed(error="no"))
    log.append("sweep/swp_rates", SweepCompleted(by="loss", ranking=[], unranked=["job_a"]))
    row = sweep(reader, "rates")
    assert (row.status, row.is_open, row.best) == ("done", False, None)
    assert row.completed_at is not None
    assert open_sweep(reader, "r" * 64) is None


def test_sweeps_are_listed_newest_first(log: EventLog) -> None:
    for name in ("first", "second"):
        log.append(f"sweep/swp_{name}", _planned(name))
    assert [row.name for row in sweep_list(log.database.reader)] == ["second", "first"]
    with pytest.raises(NotFoundError, match="no sweep is called 'third': `ftlab sweep list`"):
        sweep(log.database.reader, "third")
