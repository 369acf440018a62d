from __future__ import annotations

import pytest

from store.queries.jobs import job_detail, jobs_by_id
from tests.tui.conftest import NOW, StillLab
from tui.ink import text_of
from tui.widgets.headline import headline, together


def test_a_running_job_has_its_progress_and_the_time_left(lab: StillLab) -> None:
    first, second = headline(job_detail(lab.database.reader, "gsm8k-5"), 60.0, NOW, 100)
    assert text_of(first) == "● gsm8k-5  running"
    assert text_of(second).split("  ") == [
        "━━━━━━━━──────── 50%",
        "step 30/60",
        "about 1m 00s left",
        "2m 00s",
        "loss 1.211",
        "eval 1.235",
    ]


def test_the_reason_stands_next_to_the_status(lab: StillLab) -> None:
    first, _ = headline(job_detail(lab.database.reader, "gsm8k-3"), None, NOW, 100)
    assert text_of(first) == "! gsm8k-3  interrupted: its process (pid 4711) is gone: killed"


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (62, "! gsm8k-3  interrupted: its process (pid 4711) is gone: killed"),
        (61, "! gsm8k-3  interrupted: its process (pid 4711) is gone: kill…"),
        (30, "! gsm8k-3  interrupted: its p…"),
        (29, "! gsm8k-3  interrupted"),
        (18, "! gs…  interrupted"),
    ],
)
def test_a_reason_that_does_not_fit_is_cut_and_the_status_stays_in_sight(
    lab: StillLab, width: int, said: str
) -> None:
    first, _ = headline(job_detail(lab.database.reader, "gsm8k-3"), None, NOW, width)
    assert text_of(first) == said


@pytest.mark.parametrize("width", [20, 40, 62])
def test_what_does_not_fit_is_left_out_whole(lab: StillLab, width: int) -> None:
    _, second = headline(job_detail(lab.database.reader, "gsm8k-5"), 60.0, NOW, width)
    assert len(text_of(second)) <= width
    assert text_of(second).startswith("━━━━━━━━──────── 50%")


def test_several_jobs_are_named_with_their_glyphs_and_what_is_of_each(lab: StillLab) -> None:
    jobs = jobs_by_id(lab.database.reader, ["job_5", "job_2", "job_1"])
    first, second = together(jobs, 3, 100)
    assert text_of(first) == "3 jobs: ● gsm8k-5, ✗ gsm8k-2, ✓ gsm8k-1"
    assert text_of(second) == "● 1 running  ✗ 1 failed  ✓ 1 succeeded  loss 0.9592 to 1.878"
    assert text_of(together(jobs, 9, 100)[0]).startswith("9 jobs, 3 drawn: ● gsm8k-5")


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (33, "3 jobs: ● gsm8k-5 and 2 others"),
        (28, "3 jobs: ● gsm8… and 2 others"),
    ],
)
def test_names_that_do_not_fit_are_counted(lab: StillLab, width: int, said: str) -> None:
    jobs = jobs_by_id(lab.database.reader, ["job_5", "job_2", "job_1"])
    assert text_of(together(jobs, 3, width)[0]) == said
