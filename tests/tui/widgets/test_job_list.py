from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from store.job_status import STATUSES
from store.queries.job_index import NEWEST_FIRST, Order, job_index
from tests.tui.conftest import NOW, StillLab
from tui.ink import look, text_of
from tui.job_line import heading, job_line, sparkline
from tui.job_rows import JobRow, job_rows


def _rows(lab: StillLab) -> dict[str, JobRow]:
    reader = lab.database.reader
    return {row.job.name: row for row in job_rows(reader, job_index(reader).ids)}


@pytest.mark.parametrize("width", [20, 30, 45, 48, 53, 78, 118, 198])
def test_rows_and_titles_fill_exactly_their_room(lab: StillLab, width: int) -> None:
    assert cell_len(text_of(heading(width, Order("loss")))) == width
    for row in _rows(lab).values():
        for name in (row.job.name, "x" * 300, "日本語の名前" * 20):
            named = replace(row, job=replace(row.job, name=name))
            assert cell_len(text_of(job_line(named, " ", width, NOW))) == width


def test_a_wide_row_tells_everything(lab: StillLab) -> None:
    assert text_of(heading(190, NEWEST_FIRST)).split() == [
        *("NAME", "BASE", "MODEL", "DATASET", "PROVIDER", "DONE"),
        *("LEFT", "LOSS", "EVAL", "COURSE", "COST", "AGE"),
    ]
    assert text_of(job_line(_rows(lab)["gsm8k-5"], " ", 190, NOW)).split() == [
        *("●", "gsm8k-5", "smollm2-135m-instruct", "gsm8k/train@1", "local", "━━━━━─────", "50%"),
        *("1m", "00s", "1.211", "1.235", "█▇▆▅▄▃▂▂▁▁", "2m"),
    ]


def test_a_narrow_row_keeps_name_progress_and_age(lab: StillLab) -> None:
    assert text_of(job_line(_rows(lab)["gsm8k-5"], "*", 26, NOW)).split() == [
        *("●*gsm8k-5", "50%", "2m"),
    ]


def test_the_column_that_is_sorted_by_is_marked() -> None:
    assert "LOSS↓" in text_of(heading(80, Order("loss")))
    assert "LOSS↑" in text_of(heading(80, Order("loss", backwards=True)))
    assert "AGE↑" in text_of(heading(80, Order(backwards=True)))


@pytest.mark.parametrize(
    ("values", "drawn"),
    [((), ""), ((2.0,), "▄"), ((1.0, 1.0), "▄▄"), ((3.0, 2.0, 1.0), "█▅▁")],
)
def test_a_sparkline_is_as_high_as_its_values(values: tuple[float, ...], drawn: str) -> None:
    assert sparkline(values) == drawn


def test_every_status_can_be_told_without_colour() -> None:
    assert len({look(status).glyph for status in STATUSES}) == len(STATUSES)
    assert look("pausing").glyph == "?"
    assert look("pausing").word == "pausing"
