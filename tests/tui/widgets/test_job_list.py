from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from store.job_status import STATUSES
from store.queries.job_index import NEWEST_FIRST, Order, Sort, job_index
from tests.tui.conftest import NOW, StillLab
from tui.ink import Line, look, text_of
from tui.job_line import heading, job_line, sparkline
from tui.job_rows import JobRow, job_rows
from tui.nothing_found import nothing_found


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


def _titles(width: int) -> set[str]:
    return set(text_of(heading(width, NEWEST_FIRST)).replace("BASE MODEL", "MODEL").split())


@pytest.mark.parametrize(
    ("width", "more"),
    [
        (20, {"NAME", "DONE"}),
        (48, {"LEFT", "LOSS", "AGE"}),
        (78, {"MODEL", "DATASET", "COURSE"}),
        (100, {"PROVIDER", "COST"}),
        (150, {"EVAL"}),
    ],
)
def test_columns_come_with_the_room(width: int, more: set[str]) -> None:
    assert more <= _titles(width)


def test_a_wider_list_never_tells_less() -> None:
    for width in range(14, 320):
        assert _titles(width) <= _titles(width + 1)


@pytest.mark.parametrize(
    ("by", "title"),
    [
        ("cost", "COST"),
        ("eval_loss", "EVAL"),
        ("provider", "PROVIDER"),
        ("dataset", "DATASET"),
        ("model", "BASE"),
        ("status", "STATUS"),
        ("updated", "NEWS"),
    ],
)
def test_what_a_list_is_sorted_by_is_shown_before_what_else_there_might_be(
    lab: StillLab, by: Sort, title: str
) -> None:
    order = Order(by)
    for width in (40, 53, 78):
        assert {"NAME", f"{title}", "AGE"} <= set(_words(heading(width, order)))
        for row in _rows(lab).values():
            assert cell_len(text_of(job_line(row, " ", width, NOW, by))) == width
    for width in range(14, 320):
        usual = set(_words(heading(width, NEWEST_FIRST)))
        assert len(_words(heading(width, order))) >= min(3, len(usual))


def test_a_list_by_status_tells_it_in_words_and_one_by_last_news_how_old_they_are(
    lab: StillLab,
) -> None:
    running = _rows(lab)["gsm8k-5"]
    assert "STATUS↓" in text_of(heading(53, Order("status")))
    assert "● gsm8k-5" in text_of(job_line(running, " ", 53, NOW, "status"))
    assert " running " in text_of(job_line(running, " ", 53, NOW, "status"))
    assert "NEWS↑" in text_of(heading(53, Order("updated", backwards=True)))
    at = (NOW - timedelta(hours=3)).isoformat()
    told = replace(running, job=replace(running.job, updated_at=at))
    assert text_of(job_line(told, " ", 53, NOW, "updated")).split()[-2:] == ["3h", "2m"]
    for row in _rows(lab).values():
        assert "…" not in text_of(job_line(row, " ", 146, NOW, "status"))


def _words(line: Line) -> list[str]:
    return text_of(line).replace("↓", "").split()


def test_where_there_is_room_nothing_is_cut(lab: StillLab) -> None:
    for row in _rows(lab).values():
        assert "…" not in text_of(job_line(row, " ", 134, NOW))


@pytest.mark.parametrize(("width", "shown"), [(96, "$1,234,568"), (96, "$12.50"), (96, "$99,999")])
def test_a_cost_that_has_no_room_loses_its_cents(lab: StillLab, width: int, shown: str) -> None:
    row = _rows(lab)["gsm8k-1"]
    cost = float(shown.replace("$", "").replace(",", "")) + (0.0 if "." in shown else 0.25)
    told = text_of(job_line(replace(row, job=replace(row.job, cost=cost)), " ", width, NOW))
    assert (shown if len(shown) <= 7 else shown[:6] + "…") in told


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
    assert "DON↓" in text_of(heading(80, Order("progress")))


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


def test_a_search_that_finds_nothing_says_so_and_which_statuses_there_are() -> None:
    lines = [text_of(line) for line in nothing_found("status:foo gsm8k", 200)]
    assert lines[0] == "No job fits status:foo gsm8k"
    assert lines[1].startswith("There is no status foo, only planned, ")
    assert all(status in lines[1] for status in STATUSES)
    assert lines[2] == "esc shows all jobs again"
    assert len(nothing_found("status:running gsm8k", 80)) == 2
