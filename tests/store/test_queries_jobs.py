from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.events import ChatOpened, JobMessageReceived, JobStatusChanged
from store.log import EventLog, Write
from store.queries.datasets import jobs_of, versions_of
from store.queries.jobs import JobSummary, changed_jobs, job_detail, job_list, jobs_by_id

if TYPE_CHECKING:
    from tests.store.conftest import Planned


@pytest.fixture
def three(log: EventLog, planned: Planned) -> EventLog:
    log.append("job/job_1", planned("one"))
    log.append("job/job_2", planned("two", provider="openai"), JobStatusChanged(status="running"))
    log.append("job/job_3", planned("three", provider="openai"))
    return log


def _ids(found: list[JobSummary]) -> list[str]:
    return [row.id for row in found]


def test_jobs_are_listed_newest_first_by_status_provider_and_page(three: EventLog) -> None:
    reader = three.database.reader

    assert _ids(job_list(reader)) == ["job_3", "job_2", "job_1"]
    assert _ids(job_list(reader, status="planned")) == ["job_3", "job_1"]
    assert _ids(job_list(reader, provider="openai", status="running")) == ["job_2"]
    assert _ids(job_list(reader, limit=1, offset=1)) == ["job_2"]


def test_named_jobs_are_given_newest_first_and_missing_ones_left_out(three: EventLog) -> None:
    reader = three.database.reader

    assert _ids(jobs_by_id(reader, ["job_1", "job_3", "job_9"])) == ["job_3", "job_1"]
    assert jobs_by_id(reader, []) == []


def test_any_number_of_jobs_may_be_named(three: EventLog) -> None:
    names = [f"job_{number}" for number in range(300_000)]

    assert len(jobs_by_id(three.database.reader, names)) == 3


def test_changed_jobs_are_those_that_later_events_tell_of(three: EventLog) -> None:
    head = three.database.head()
    said = JobMessageReceived(level="info", text="x")
    three.append_all(
        [
            Write("job/job_1", [said, said]),
            Write("chat/chat_1", [ChatOpened(model="m")]),
            Write("jobs", [said]),
        ]
    )

    reader = three.database.reader
    assert changed_jobs(reader, head) == ["job_1"]
    assert sorted(changed_jobs(reader, 0)) == ["job_1", "job_2", "job_3"]
    assert changed_jobs(reader, three.database.head()) == []


def test_changed_jobs_looks_at_the_new_events_only(three: EventLog) -> None:
    statements: list[str] = []
    reader = three.database.reader
    reader.set_trace_callback(statements.append)
    changed_jobs(reader, 1)
    reader.set_trace_callback(None)

    plan = reader.execute(f"EXPLAIN QUERY PLAN {statements[0]}").fetchall()

    assert "INTEGER PRIMARY KEY" in plan[0][3]


def test_jobs_of_a_status_are_found_without_looking_at_the_others(three: EventLog) -> None:
    statements: list[str] = []
    reader = three.database.reader
    reader.set_trace_callback(statements.append)
    job_list(reader, status="running")
    reader.set_trace_callback(None)

    plan = reader.execute(f"EXPLAIN QUERY PLAN {statements[0]}").fetchall()

    assert "USING INDEX ix_job_status" in plan[0][3]


@pytest.mark.parametrize(
    ("step", "total", "progress"), [(0, None, None), (0, 0, None), (25, 100, 0.25), (9, 4, 1.0)]
)
def test_progress_is_a_part_of_the_steps(
    step: int, total: int | None, progress: float | None
) -> None:
    row = JobSummary("j", "n", "p", "b", "running", step, total, None, "", None, None, "")

    assert row.progress == progress


def test_a_jobs_detail_names_its_dataset(filled: EventLog) -> None:
    found = job_detail(filled.database.reader, "run")

    assert (found.dataset_name, found.dataset_version, found.examples) == ("gsm8k", 1, 100)


def test_a_job_on_a_dataset_that_is_not_in_the_store_has_its_detail_too(
    log: EventLog, planned: Planned
) -> None:
    log.append("job/job_1", planned(dataset="file-abc"))

    found = job_detail(log.database.reader, "job_1")

    assert (found.dataset, found.dataset_name, found.examples) == ("file-abc", None, None)


def test_a_dataset_knows_its_versions_and_the_jobs_that_used_it(filled: EventLog) -> None:
    reader = filled.database.reader

    assert [row.version for row in versions_of(reader, "gsm8k")] == [1, 2]
    assert jobs_of(reader, "ds_1") == ["job_1", "job_2", "job_3", "job_4"]
    assert jobs_of(reader, "ds_2") == ["job_1"]
    assert jobs_of(reader, "ds_9") == []
