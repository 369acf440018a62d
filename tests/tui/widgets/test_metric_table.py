from __future__ import annotations

import pytest

from store.queries.metrics import SeriesSummary
from tui.ink import text_of
from tui.widgets.metric_table import metric_lines

LOSS = SeriesSummary("loss", 12_000, 1, 12_000, 0.775, 0.7012, 11_500, 2.4, 1)
BROKEN = SeriesSummary("grad_norm", 5, 1, 5, None, None, None, None, None)


def test_a_metric_has_its_last_value_and_its_extremes() -> None:
    heading, row = metric_lines([LOSS], 80)
    assert text_of(heading).split() == [
        "METRIC", "LAST", "LOWEST", "AT", "STEP", "HIGHEST", "AT", "STEP", "POINTS",
    ]  # fmt: skip
    assert text_of(row).split() == [
        "loss", "0.7750", "0.7012", "11,500", "2.400", "1", "12,000",
    ]  # fmt: skip


def test_a_metric_without_numbers_says_so() -> None:
    assert text_of(metric_lines([BROKEN], 80)[1]).split() == [
        "grad_norm", "nan", "-", "-", "-", "-", "5",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "columns"), [(80, 6), (73, 6), (70, 5), (50, 3), (30, 1)])
def test_columns_that_do_not_fit_are_left_out(width: int, columns: int) -> None:
    heading, row = metric_lines([LOSS], width)
    assert len(text_of(row).split()) == columns + 1
    assert len(text_of(heading)) == len(text_of(row)) <= width
