from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from store.times import to_text
from tui.formats import (
    age,
    ago,
    bar,
    count,
    duration,
    fit,
    fit_middle,
    fit_right,
    measure,
    number,
    percent,
    short_model,
)

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "now"),
        (0, "now"),
        (59, "now"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (86399, "23h"),
        (86400 * 6, "6d"),
        (86400 * 7, "1w"),
        (86400 * 364, "52w"),
        (86400 * 366, "1y"),
    ],
)
def test_an_age_names_its_largest_whole_unit(seconds: int, shown: str) -> None:
    assert age(to_text(NOW - timedelta(seconds=seconds)), NOW) == shown


def test_an_age_stands_in_a_sentence() -> None:
    assert ago(to_text(NOW), NOW) == "just now"
    assert ago(to_text(NOW - timedelta(hours=3)), NOW) == "3h ago"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.4, "0s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (200, "3m 20s"),
        (7500, "2h 05m"),
        (273_600, "3d 04h"),
    ],
)
def test_a_duration_has_two_units(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (0.0, "0"),
        (1.20349, "1.203"),
        (0.98765432, "0.9877"),
        (12.3456, "12.35"),
        (-123.456, "-123.5"),
        (123456.7, "123457"),
        (1234567.0, "1.23e+06"),
        (0.0005, "5.00e-04"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_a_number_has_four_significant_digits(value: float | None, shown: str) -> None:
    assert number(value) == shown
    assert len(number(value)) <= 9


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("memory_bytes", 5.97e8, "597 MB"),
        ("gpu_memory_bytes", 5.97e9, "5.97 GB"),
        ("memory_bytes", 0.0, "0 B"),
        ("step_seconds", 0.5312, "0.531 s"),
        ("step_seconds", 75.0, "1m 15s"),
        ("step_seconds", math.inf, "inf"),
        ("loss", 0.5312, "0.5312"),
        ("memory_bytes", None, "-"),
    ],
)
def test_a_metric_has_the_unit_that_its_name_tells(
    name: str, value: float | None, shown: str
) -> None:
    assert measure(name, value) == shown


def test_counts_have_their_thousands_apart() -> None:
    assert [count(None), count(999), count(1_234_567)] == ["-", "999", "1,234,567"]


def test_a_job_is_at_a_hundred_percent_only_when_it_is() -> None:
    assert [percent(None), percent(0.0), percent(0.999), percent(1.0)] == [
        "   -",
        "  0%",
        " 99%",
        "100%",
    ]


def test_a_progress_bar_can_be_read_without_colour() -> None:
    assert [text for text, _ in bar(0.25, 8)] == ["━━", "──────"]
    assert [text for text, _ in bar(None, 4)] == ["", "────"]


@pytest.mark.parametrize(
    "text", ["", "short", "rather longer than it may be", "日本語のモデル", "é́"]
)
@pytest.mark.parametrize("width", [0, 1, 2, 5, 8, 20])
def test_what_is_fitted_has_exactly_the_cells_it_should(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit_right(text, width)) == width


def test_what_is_cut_says_so() -> None:
    assert fit("a long name", 7) == "a long…"
    assert fit_right("12", 4) == "  12"


def test_a_base_model_is_called_by_its_last_part() -> None:
    assert short_model("HuggingFaceTB/SmolLM2-135M") == "SmolLM2-135M"
    assert short_model("/models/mine/") == "mine"
    assert short_model("gpt-4o") == "gpt-4o"


def test_names_that_begin_alike_differ_though_the_middle_is_left_out() -> None:
    names = [f"ft:gpt-4o-mini-2024-07-18:acme::{end}" for end in ("AAAA", "BBBB")]
    assert [fit_middle(name, 16) for name in names] == ["ft:gpt-4…e::AAAA", "ft:gpt-4…e::BBBB"]


@pytest.mark.parametrize("width", [0, 1, 2, 3, 8, 40])
def test_what_lacks_its_middle_has_exactly_the_cells_it_should(width: int) -> None:
    for text in ("日本語" * 9, "abc" * 9, "a", ""):
        assert cell_len(fit_middle(text, width)) == width
