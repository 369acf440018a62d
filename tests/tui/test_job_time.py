from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store.events import JobInterrupted, JobResumed, JobStatusChanged, JobSubmitted
from store.queries.jobs import job_detail
from store.times import to_text
from tests.tui.conftest import NOW, StillLab, Story, losses, running
from tui.job_time import Run, elapsed, newest_run, time_left


def test_the_time_left_goes_by_the_pace_so_far(lab: StillLab) -> None:
    detail = job_detail(lab.database.reader, "gsm8k-5")
    run = newest_run(lab.database.reader, detail)
    assert run == Run(to_text(NOW - timedelta(minutes=2)), 0)
    # 30 of 60 steps took a minute.
    assert time_left(detail, run) == 60.0


def test_after_a_resumption_the_pace_is_the_new_runs(lab: StillLab, story: Story) -> None:
    job = story.at(100).job("9", *running())
    story.at(90).tell(job, *losses(1, 20), JobInterrupted(reason="killed", checkpoint=20))
    story.at(10).tell(job, JobResumed(attempt=2, from_step=20), JobSubmitted(remote_id="2"))
    story.at(8).tell(job, JobStatusChanged(status="running"))
    story.at(7).tell(job, *losses(21, 10))
    detail = job_detail(lab.database.reader, job)
    run = newest_run(lab.database.reader, detail)
    assert run == Run(to_text(NOW - timedelta(minutes=8)), 20)
    # 10 steps took a minute, 30 are left.
    assert time_left(detail, run) == 180.0


def test_there_is_no_telling_before_the_first_step_or_after_the_end(lab: StillLab) -> None:
    detail = job_detail(lab.database.reader, "gsm8k-5")
    run = Run(detail.updated_at, 0)
    assert time_left(replace(detail, step=0), run) is None
    assert time_left(detail, run) is None  # no time has passed
    assert time_left(replace(detail, status="succeeded"), Run(detail.planned_at, 0)) is None
    assert time_left(replace(detail, total_steps=None), Run(detail.planned_at, 0)) is None
    assert time_left(detail, None) is None


def test_a_job_that_never_ran_has_no_time(lab: StillLab) -> None:
    detail = replace(job_detail(lab.database.reader, "gsm8k-5"), started_at=None)
    assert elapsed(detail, NOW) is None
    assert newest_run(lab.database.reader, detail) is None


def test_the_time_of_an_ended_job_stands_still(lab: StillLab) -> None:
    detail = job_detail(lab.database.reader, "gsm8k-1")
    assert elapsed(detail, NOW) == elapsed(detail, NOW + timedelta(days=1)) == 180.0
