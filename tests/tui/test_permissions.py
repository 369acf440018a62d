from __future__ import annotations

from dataclasses import replace

import pytest

from store.job_status import ACTIVE, RESUMABLE, STATUSES
from store.queries.jobs import JobDetail, JobSummary, job_detail, job_list
from tests.tui.conftest import StillLab
from tui.permissions import by_key, out_of_place, why_no_chat, why_not_cancel, why_not_resume


def _summary(lab: StillLab, status: str) -> JobSummary:
    return replace(job_list(lab.database.reader)[0], status=status, name="gsm8k-1")


def _detail(lab: StillLab, status: str) -> JobDetail:
    return replace(job_detail(lab.database.reader, "gsm8k-5"), status=status, name="gsm8k-1")


@pytest.mark.parametrize("status", STATUSES)
def test_what_may_be_cancelled_and_resumed_follows_the_status(lab: StillLab, status: str) -> None:
    assert (why_not_cancel(_summary(lab, status)) is None) == (status in ACTIVE)
    assert (why_not_resume(_summary(lab, status)) is None) == (status in RESUMABLE)


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_job_that_succeeded_has_somebody_to_talk_to(lab: StillLab, status: str) -> None:
    assert (why_no_chat(_detail(lab, status)) is None) == (status == "succeeded")


def test_a_refusal_says_what_can_be_done_instead(lab: StillLab) -> None:
    assert why_not_resume(_summary(lab, "running")) == (
        "gsm8k-1 is running: it can be cancelled, not resumed"
    )
    assert why_not_cancel(_summary(lab, "interrupted")) == (
        "gsm8k-1 was interrupted and does not run: it can be resumed, not cancelled"
    )
    assert why_no_chat(_detail(lab, "failed")) == "gsm8k-1 ended without a model (failed)"


def test_what_all_of_several_jobs_refuse_is_out_of_place(lab: StillLab) -> None:
    running, failed = _summary(lab, "running"), _summary(lab, "failed")
    done = _summary(lab, "succeeded")
    assert out_of_place([running]) == {"job.resume", "job.chat"}
    assert out_of_place([running, failed]) == {"job.chat"}
    assert out_of_place([done]) == {"job.cancel", "job.resume"}
    assert out_of_place([]) == {"job.cancel", "job.resume", "job.chat"}


def test_a_command_that_repeats_a_job_is_named_by_its_key_here() -> None:
    words = "it cannot go on. `ftlab jobs retry a-job` trains it again"
    assert by_key(words, "R") == "it cannot go on. R trains it again"
    assert by_key("nothing to say", "R") == "nothing to say"
