from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from store.events import (
    CheckpointSaved,
    Fact,
    JobCancelled,
    JobCancelRequested,
    JobFailed,
    JobInterrupted,
    JobMessageReceived,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
)
from store.log import Entry, EventLog
from store.queries.jobs import JobDetail, checkpoints, job_detail, job_list
from store.times import now, to_text

if TYPE_CHECKING:
    from tests.store.conftest import Measured, Planned

JOB = "job/job_1"


@pytest.fixture
def job(log: EventLog, planned: Planned) -> EventLog:
    """A log with a job that was just planned."""
    log.append(JOB, planned(total_steps=100))
    return log


def _detail(log: EventLog) -> JobDetail:
    return job_detail(log.database.reader, "job_1")


def _after(log: EventLog, *facts: Fact) -> JobDetail:
    log.append(JOB, *facts)
    return _detail(log)


def test_a_plan_makes_a_job(log: EventLog, planned: Planned) -> None:
    plan = planned(hyperparameters={"learning_rate": 5e-4, "epochs": "auto"}, seed=7, model="m_1")
    (event,) = log.append(JOB, plan)

    found = _detail(log)

    assert (found.id, found.name, found.provider, found.method) == ("job_1", "run", "local", "lora")
    assert json.loads(found.hyperparameters_json) == {"learning_rate": 5e-4, "epochs": "auto"}
    assert (found.seed, found.model, found.status, found.attempt) == (7, "m_1", "planned", 1)
    assert (found.planned_at, found.started_at, found.ended_at) == (event.occurred, None, None)
    assert (found.step, found.total_steps, found.loss, found.version) == (0, None, None, 1)


def test_submitting_queues_the_job_and_keeps_its_remote_id(job: EventLog) -> None:
    found = _after(job, JobSubmitted(remote_id="ftjob-1"))

    assert (found.status, found.remote_id) == ("queued", "ftjob-1")


def test_a_reported_status_is_kept_as_it_came_even_if_it_may_not_follow(job: EventLog) -> None:
    _after(job, JobStatusChanged(status="running"))

    found = _after(job, JobStatusChanged(status="validating_files"))
    assert (found.status, found.reported_status) == ("running", "validating_files")

    found = _after(job, JobStatusChanged(status="pausing"))
    assert (found.status, found.reported_status) == ("running", "pausing")


def test_a_job_starts_when_it_first_runs_and_not_again(job: EventLog) -> None:
    first = _after(job, JobStatusChanged(status="running")).started_at
    _after(job, JobStatusChanged(status="paused"))

    assert first is not None
    assert _after(job, JobStatusChanged(status="running")).started_at == first


def test_a_status_may_tell_the_number_of_steps(job: EventLog) -> None:
    assert _after(job, JobStatusChanged(status="running")).total_steps == 100
    assert _after(job, JobStatusChanged(status="running", total_steps=80)).total_steps == 80


def test_metrics_move_the_step_and_the_newest_losses(job: EventLog, measured: Measured) -> None:
    assert _after(job, measured(1, 3.0, 2.5)).loss == 2.5
    assert _after(job, measured(2, 2.0, name="eval_loss")).eval_loss == 2.0
    found = _after(job, measured(7, 1.5, name="train_loss"), measured(3, 9.0, name="tokens"))

    assert (found.loss, found.eval_loss, found.step) == (1.5, 2.0, 7)


def test_a_loss_that_is_not_a_number_is_none(job: EventLog, measured: Measured) -> None:
    assert _after(job, measured(1, 3.0, math.nan)).loss is None
    assert _after(job, measured(3, math.inf)).loss == math.inf


def test_checkpoints_are_kept_by_step_and_the_newest_is_the_jobs(job: EventLog) -> None:
    job.append(JOB, CheckpointSaved(step=10, path="a"), CheckpointSaved(step=20, path="b"))
    found = _after(job, CheckpointSaved(step=20, path="again"))

    saved = checkpoints(job.database.reader, "job_1")
    assert [(row.step, row.path) for row in saved] == [(10, "a"), (20, "again")]
    assert found.checkpoint == 20


def test_an_interruption_keeps_its_reason_and_the_last_good_step(job: EventLog) -> None:
    found = _after(job, JobInterrupted(reason="the machine was restarted", checkpoint=10))

    assert (found.status, found.reason, found.checkpoint) == (
        "interrupted",
        "the machine was restarted",
        10,
    )
    assert found.ended_at is not None


def test_a_resumption_reopens_the_job_and_forgets_what_came_after(
    job: EventLog, measured: Measured
) -> None:
    job.append(JOB, JobStatusChanged(status="running"), measured(1, *[2.0] * 30))
    job.append(JOB, CheckpointSaved(step=10, path="a"), CheckpointSaved(step=20, path="b"))
    job.append(JOB, JobFailed(error="out of memory", details="Traceback"))

    found = _after(job, JobResumed(attempt=2, from_step=10))

    assert (found.status, found.attempt, found.step, found.checkpoint) == ("queued", 2, 10, 10)
    assert (found.reason, found.details, found.ended_at) == (None, None, None)
    assert [row.step for row in checkpoints(job.database.reader, "job_1")] == [10]


def test_a_resumption_from_the_very_beginning_has_no_checkpoint(job: EventLog) -> None:
    job.append(JOB, CheckpointSaved(step=10, path="a"), JobCancelled())

    assert _after(job, JobResumed(attempt=2, from_step=0)).checkpoint is None


def test_a_resumption_after_the_last_checkpoint_keeps_it(job: EventLog) -> None:
    job.append(JOB, CheckpointSaved(step=10, path="a"), JobInterrupted(reason="x", checkpoint=10))

    assert _after(job, JobResumed(attempt=2, from_step=10)).checkpoint == 10


def test_a_cancelled_job_ended(job: EventLog) -> None:
    assert _after(job, JobCancelRequested()).status == "planned"
    found = _after(job, JobCancelled(step=3))

    assert found.status == "cancelled"
    assert found.ended_at is not None


def test_a_failed_job_says_why(job: EventLog) -> None:
    found = _after(job, JobFailed(error="out of memory", details="Traceback"))

    assert (found.status, found.reason, found.details) == ("failed", "out of memory", "Traceback")


def test_a_job_that_succeeded_names_its_model(job: EventLog) -> None:
    found = _after(job, JobSucceeded(model="model_9", step=100))

    assert (found.status, found.model) == ("succeeded", "model_9")


def test_what_comes_after_the_end_changes_neither_status_nor_reason(job: EventLog) -> None:
    ended = _after(job, JobSucceeded()).ended_at

    found = _after(
        job,
        JobFailed(error="too late"),
        JobInterrupted(reason="too late", checkpoint=5),
        JobCancelled(),
        JobStatusChanged(status="running"),
    )

    assert (found.status, found.reason, found.ended_at) == ("succeeded", None, ended)
    assert found.checkpoint is None


def test_a_process_that_died_while_it_was_thought_interrupted_may_turn_out_well(
    job: EventLog,
) -> None:
    _after(job, JobInterrupted(reason="no heartbeat"))

    assert _after(job, JobSucceeded(model="m")).status == "succeeded"


def test_progress_keys_tell_how_far_the_progress_file_was_read(job: EventLog) -> None:
    message = JobMessageReceived(level="info", text="x")
    job.append(JOB, Entry(message, key="progress:120"), Entry(message, key="remote-event-9"))
    assert _detail(job).progress_offset == 120

    job.append(JOB, Entry(message, key="progress:80"))
    assert _detail(job).progress_offset == 120


def test_every_event_of_the_stream_moves_its_version_and_the_latest_time_stays(
    job: EventLog,
) -> None:
    later = now() + timedelta(hours=1)
    message = JobMessageReceived(level="info", text="x")

    job.append(JOB, Entry(message, occurred=later), Entry(message))

    found = _detail(job)
    assert (found.version, found.updated_at) == (3, to_text(later))


@pytest.mark.parametrize(
    "fact",
    [
        JobSubmitted(remote_id="1"),
        JobStatusChanged(status="running"),
        CheckpointSaved(step=1, path="a"),
        JobInterrupted(reason="x"),
        JobResumed(attempt=2, from_step=0),
        JobFailed(error="x"),
        JobSucceeded(),
        JobCancelled(),
        JobMessageReceived(level="info", text="x"),
    ],
)
def test_a_job_that_was_never_planned_has_no_row(log: EventLog, fact: Fact) -> None:
    log.append(JOB, fact)

    assert job_list(log.database.reader) == []
    assert checkpoints(log.database.reader, "job_1") == []


def test_the_reason_is_kept_when_the_status_came_before_it(job: EventLog) -> None:
    job.append(JOB, JobStatusChanged(status="failed"))

    found = _after(job, JobFailed(error="invalid file"))

    assert (found.status, found.reason) == ("failed", "invalid file")


def test_the_model_is_kept_when_the_status_came_before_it(job: EventLog) -> None:
    ended = _after(job, JobStatusChanged(status="succeeded")).ended_at

    found = _after(job, JobSucceeded(model="ft:gpt-4o-mini:1"))

    assert (found.status, found.model, found.ended_at) == ("succeeded", "ft:gpt-4o-mini:1", ended)


def test_an_interrupted_job_that_runs_after_all_has_neither_end_nor_reason(job: EventLog) -> None:
    job.append(JOB, JobStatusChanged(status="running"), JobInterrupted(reason="no heartbeat"))

    found = _after(job, JobStatusChanged(status="running"))

    assert (found.status, found.ended_at, found.reason) == ("running", None, None)
