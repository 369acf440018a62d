from __future__ import annotations

import json

import pytest

from store.events import (
    FileUploaded,
    JobCreationRequested,
    JobDataFound,
    JobFailed,
    JobImported,
    JobStatusChanged,
    JobSubmitted,
    MetricGroup,
    MetricsRecorded,
    ModelDeleted,
    ModelGone,
    ModelRetirementAnnounced,
    RemoteFileDeleted,
    RemoteFileGone,
    ResultFileGone,
)
from store.log import Entry, EventLog
from store.queries.jobs import checkpoints, job_detail, job_list
from store.queries.models import model
from tests.store.conftest import NOON, Planned

ASKED = JobCreationRequested(attempt=1)


def points(*steps: int, **columns: list[float]) -> MetricsRecorded:
    return MetricsRecorded(groups=[MetricGroup(steps=list(steps), values=columns)])


def test_an_imported_job_has_what_its_provider_told(filled: EventLog) -> None:
    job = job_detail(filled.database.reader, "support-bot")
    assert (job.imported, job.remote_id, job.status) == (True, "ftjob-1", "succeeded")
    assert (job.dataset, job.dataset_name, job.seed) == ("ds_1", "gsm8k", 7)
    assert (job.training_file, job.trained_tokens, job.cost) == ("file-1", 9000, 0.027)
    assert (job.step, job.loss) == (2, 1.0)
    assert json.loads(job.report_json or "")["status"] == "succeeded"
    assert checkpoints(filled.database.reader, job.id)[0].model == "ft:gpt-4o-mini:ckpt-step-1"


def test_jobs_are_listed_by_the_time_they_were_planned(filled: EventLog) -> None:
    early = JobImported(
        name="first",
        provider="openai",
        remote_id="ftjob-0",
        base_model="babbage-002",
        method="supervised",
        hyperparameters={},
    )
    filled.append("job/job_9", Entry(early, occurred=NOON.replace(year=2023)))
    assert job_list(filled.database.reader)[-1].name == "first"


def test_a_creation_is_open_until_its_answer_is_known(log: EventLog, planned: Planned) -> None:
    log.append("job/job_1", planned(provider="openai"), ASKED)
    assert job_detail(log.database.reader, "job_1").creation_requested_at is not None
    log.append("job/job_1", JobSubmitted(remote_id="ftjob-1"))
    job = job_detail(log.database.reader, "job_1")
    assert (job.creation_requested_at, job.creation_attempts) == (None, 1)


def test_a_refused_creation_is_open_no_more(log: EventLog, planned: Planned) -> None:
    log.append("job/job_1", planned(provider="openai"), ASKED, JobFailed(error="refused"))
    assert job_detail(log.database.reader, "job_1").creation_requested_at is None


def test_an_uploaded_file_is_known_by_its_content(log: EventLog, planned: Planned) -> None:
    file = FileUploaded(
        role="training", file="file-1", filename="a.jsonl", content="c" * 64, bytes=10
    )
    log.append("job/job_1", planned(provider="openai"), file)
    assert job_detail(log.database.reader, "job_1").training_file == "file-1"
    rows = log.database.reader.execute(
        "SELECT provider, file, content, state, dataset FROM remote_file"
    )
    assert rows.fetchall() == [("openai", "file-1", "c" * 64, "uploaded", "ds_1")]


@pytest.mark.parametrize(
    ("told", "shown"),
    [(1_790_000_000, "2026-09-21T14:13:20.000000Z"), (None, None), ("soon", None), (1e30, None)],
)
def test_the_estimated_finish_is_a_time_or_nothing(
    told: object, shown: str | None, log: EventLog, planned: Planned
) -> None:
    report = JobStatusChanged(status="running", details={"estimated_finish": told})
    log.append("job/job_1", planned(provider="openai"), report)
    assert job_detail(log.database.reader, "job_1").estimated_finish == shown


def test_unknown_statuses_are_kept_and_change_nothing(log: EventLog, planned: Planned) -> None:
    log.append("job/job_1", planned(provider="openai"), JobStatusChanged(status="running"))
    log.append("job/job_1", JobStatusChanged(status="pausing"))
    job = job_detail(log.database.reader, "job_1")
    assert (job.status, job.reported_status) == ("running", "pausing")


def test_points_that_come_late_do_not_turn_the_job_back(log: EventLog, planned: Planned) -> None:
    log.append("job/job_1", planned(provider="openai"), points(3, train_loss=[1.0]))
    log.append("job/job_1", points(2, train_loss=[2.0]))
    job = job_detail(log.database.reader, "job_1")
    assert (job.step, job.loss) == (3, 1.0)


def test_validation_data_is_found_too(filled: EventLog) -> None:
    filled.append("job/job_3", JobDataFound(role="validation", dataset="ds_2"))
    job = job_detail(filled.database.reader, "job_3")
    assert (job.dataset, job.validation) == ("ds_1", "ds_2")


def test_data_that_is_found_later_becomes_known_of_the_model_too(filled: EventLog) -> None:
    assert model(filled.database.reader, "model_3").dataset is None
    filled.append("job/job_3", JobDataFound(role="training", dataset="ds_2"))
    assert model(filled.database.reader, "model_3").dataset == "ds_2"


def test_what_is_gone_is_kept_as_gone(filled: EventLog) -> None:
    filled.append("job/job_3", ResultFileGone(file="file-8", reason="404"))
    gone = RemoteFileGone(provider="openai", file="file-2", reason="no such file")
    filled.append("file/openai/file-2", gone)
    filled.append("file/openai/file-1", RemoteFileDeleted(provider="openai", file="file-1"))
    reader = filled.database.reader
    results = reader.execute("SELECT file, content, reason FROM result_file ORDER BY file")
    assert results.fetchall() == [("file-8", None, "404"), ("file-9", "e" * 64, None)]
    files = reader.execute("SELECT file, state, reason FROM remote_file ORDER BY file")
    assert files.fetchall() == [("file-1", "deleted", None), ("file-2", "gone", "no such file")]


def test_a_hosted_model_has_a_date_on_which_it_dies(filled: EventLog) -> None:
    assert model(filled.database.reader, "model_3").retires_on == "2027-01-14"
    filled.append("model/model_3", ModelRetirementAnnounced(date=None))
    assert model(filled.database.reader, "model_3").retires_on is None


@pytest.mark.parametrize(
    ("fact", "reason"), [(ModelGone(reason="404"), "404"), (ModelDeleted(), "deleted")]
)
def test_a_model_that_is_no_more_stays_in_the_list(
    fact: ModelGone | ModelDeleted, reason: str, filled: EventLog
) -> None:
    filled.append("model/model_3", Entry(fact, occurred=NOON))
    found = model(filled.database.reader, "model_3")
    assert (found.gone_reason, found.gone_at) == (reason, "2026-11-21T12:00:00.000000Z")
