from __future__ import annotations

import pytest

from store.queries.jobs import job_detail
from tests.tui.conftest import NOW, StillLab
from tui.ink import text_of
from tui.widgets.headline import headline


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


@pytest.mark.parametrize("width", [20, 40, 62])
def test_what_does_not_fit_is_left_out_whole(lab: StillLab, width: int) -> None:
    _, second = headline(job_detail(lab.database.reader, "gsm8k-5"), 60.0, NOW, width)
    assert len(text_of(second)) <= width
    assert text_of(second).startswith("━━━━━━━━──────── 50%")
