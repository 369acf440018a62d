from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.lab import Lab
from engine.outlook.durations import Duration, expected
from engine.planning import Plan, TrainingRequest
from store.events import (
    Fact,
    JobCancelled,
    JobPlanned,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
)
from store.log import EventLog
from store.queries.datasets import dataset

BEGUN = datetime(2026, 11, 20, tzinfo=UTC)
SETTINGS = {"batch_size": 4, "gradient_accumulation": 2, "epochs": 1}


def tell(lab: Lab, name: str, *ended: Fact, step: int = 10, **fields: object) -> None:
    """Record a job that ran for 80 seconds."""
    clock = [BEGUN]
    log = EventLog(lab.database, "test", clock=lambda: clock[0])
    planned = JobPlanned(
        **{
            "name": name,
            "provider": "local",
            "base_model": "tiny-t5",
            "method": "full",
            "hyperparameters": SETTINGS,
            "dataset": "ds_other",
            "model": f"mdl_{name}",
            "total_steps": step,
        }
        | fields
    )
    running = (JobSubmitted(remote_id="4711"), JobStatusChanged(status="running"))
    log.append(f"job/job_{name}", planned, *running)
    clock[0] += timedelta(seconds=80)
    point = MetricGroup(steps=[step], values={"loss": [1.0]})
    log.append(f"job/job_{name}", MetricsRecorded(groups=[point]), *ended)


def planned(lab: Lab, **changes: object) -> Plan:
    settings = {"batch_size": 8, "epochs": 2, **changes}
    return lab.plan(TrainingRequest("sums/train", "tiny-t5", hyperparameters=settings))


def test_time_is_reckoned_by_the_examples_of_a_job_like_it(lab: Lab) -> None:
    tell(lab, "before", JobCancelled(step=10))
    plan = planned(lab)
    assert plan.total_steps == 12
    assert expected(lab.database.reader, plan) == Duration(96.0, "before", 1.0, same_data=False)


def test_a_job_on_the_same_data_tells_more_than_a_newer_one(lab: Lab) -> None:
    same = dataset(lab.database.reader, "sums/train").id
    tell(lab, "same", JobSucceeded(model="mdl_same", step=10), step=20, dataset=same)
    tell(lab, "newer", JobCancelled(step=10))
    assert expected(lab.database.reader, planned(lab)) == Duration(
        48.0, "same", 0.5, same_data=True
    )


@pytest.mark.parametrize(
    "fields",
    [{"base_model": "tiny-gpt2"}, {"method": "lora"}, {"provider": "elsewhere"}, {"step": 2},
     {"hyperparameters": SETTINGS | {"packing": True}}],
)  # fmt: skip
def test_other_jobs_tell_nothing(lab: Lab, fields: dict[str, object]) -> None:
    tell(lab, "before", JobCancelled(step=10), **fields)  # type: ignore[arg-type]
    assert expected(lab.database.reader, planned(lab)) is None


def test_neither_do_jobs_that_run_or_were_broken_off(lab: Lab) -> None:
    tell(lab, "runs")
    tell(lab, "resumed", JobResumed(attempt=2, from_step=5), JobCancelled(step=10))
    assert expected(lab.database.reader, planned(lab)) is None
