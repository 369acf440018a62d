from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from store.job_status import STATUSES
from store.queries.jobs import job_list
from tests.tui.conftest import NOW, StillLab
from tui.ink import look, text_of
from tui.widgets.job_list import heading, row_of


@pytest.mark.parametrize("width", [20, 30, 45, 48, 53, 78, 118, 198])
def test_rows_and_titles_fill_exactly_their_room(lab: StillLab, width: int) -> None:
    assert cell_len(text_of(heading(width))) == width
    for job in job_list(lab.database.reader):
        for name in (job.name, "x" * 300, "日本語の名前" * 20):
            assert cell_len(text_of(row_of(replace(job, name=name), width, NOW))) == width


def test_a_wide_row_tells_everything(lab: StillLab) -> None:
    job = next(job for job in job_list(lab.database.reader) if job.name == "gsm8k-5")
    assert text_of(row_of(job, 78, NOW)).split() == [
        "●",
        "gsm8k-5",
        "smollm2-135m-instru…",
        "━━━━━─────",
        "50%",
        "1.211",
        "2m",
    ]


def test_a_narrow_row_keeps_name_progress_and_age(lab: StillLab) -> None:
    job = next(job for job in job_list(lab.database.reader) if job.name == "gsm8k-5")
    assert text_of(row_of(job, 26, NOW)).split() == ["●", "gsm8k-5", "50%", "2m"]


def test_every_status_can_be_told_without_colour() -> None:
    assert len({look(status).glyph for status in STATUSES}) == len(STATUSES)
    assert look("pausing").glyph == "?"
    assert look("pausing").word == "pausing"
