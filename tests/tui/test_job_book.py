from __future__ import annotations

from dataclasses import replace

from store.queries.jobs import JobSummary
from tui.job_book import JobBook

MOMENT = "2026-11-20T18:00:00.000000Z"


def _job(name: str, status: str = "running") -> JobSummary:
    return JobSummary(
        id=f"job_{name}",
        name=name,
        provider="local",
        base_model="tiny",
        status=status,
        step=1,
        total_steps=10,
        loss=1.0,
        planned_at=MOMENT,
        started_at=MOMENT,
        ended_at=None,
        updated_at=MOMENT,
    )


def test_jobs_stand_newest_first_however_they_come() -> None:
    book = JobBook()
    assert book.merge([_job("c"), _job("b")]) == 2
    assert book.merge([_job("d"), _job("a")]) == 2
    assert [job.name for job in book.rows] == ["d", "c", "b", "a"]
    assert [book.place(f"job_{name}") for name in "dcba"] == [0, 1, 2, 3]


def test_a_changed_job_takes_its_new_values_in_place() -> None:
    book = JobBook()
    book.merge([_job("a"), _job("b")])
    changed = replace(_job("a"), step=7, status="succeeded")
    assert book.merge([changed]) == 0
    assert book.get("job_a") == changed
    assert book.counts == {"running": 1, "succeeded": 1}


def test_an_unknown_job_has_no_place() -> None:
    book = JobBook()
    assert book.place(None) is None
    assert book.get("job_x") is None
