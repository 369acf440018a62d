"""The parts of a report: texts, figures, axes, curves, bars, findings, places of files."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.comparing.subjects import subjects
from engine.comparing.suites import suite_comparisons
from engine.data.errors import DataError
from engine.errors import RequestError
from engine.lab import Lab
from engine.reporting import words
from engine.reporting.axes import axis, nice_marks, spread, with_margin
from engine.reporting.bars import bars_of_differences, bars_of_figures
from engine.reporting.cleaning import cleaned, in_one_line
from engine.reporting.curves import HEIGHT, WIDTH, drawn, sparks
from engine.reporting.exchanges import MOST_LETTERS, of_suite
from engine.reporting.report import Command
from engine.reporting.writing import write
from engine.statistics.paired import Estimate
from store.events import JobPlanned, MetricGroup, MetricsRecorded, StepRange
from tests.engine.comparing.evaluations import Evaluations, right
from tests.engine.reporting.conftest import Reported


def test_what_nobody_would_see_is_written_out() -> None:
    assert cleaned("a\x1b[1mb\x7f\x00") == "a␛[1mb␡␀"
    assert cleaned("\u202eabc\u2066\u200b") == "⟨U+202E⟩abc⟨U+2066⟩⟨U+200B⟩"
    assert cleaned("one\r\ntwo\tthree\u2028four") == "one\ntwo\tthree\nfour"
    assert cleaned("שלום \u200fרב") == "שלום רב"
    assert cleaned("half \ud800") == "half \ufffd"
    assert in_one_line("a\n b\t\x07") == "a b ␇"


@given(st.text())
def test_a_cleaned_text_can_be_written_and_stays_as_it_is(text: str) -> None:
    once = cleaned(text)
    once.encode()
    assert cleaned(once) == once


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.number(0.84861), "0.8486"),
        (words.number(-1234567.0), "\N{MINUS SIGN}1.23e+06"),
        (words.number(math.nan), "nan"),
        (words.figure(0.617, "share"), "61.7%"),
        (words.figure(0.00014982, "US dollars"), "$0.000150"),
        (words.figure(1234.5, "US dollars"), "$1,234.50"),
        (words.change(0.15, "share"), "+15.0 pp"),
        (words.change(-0.3379, "seconds"), "\N{MINUS SIGN}0.338 s"),
        (words.change(0.0, "share"), "0.0 pp"),
        (words.change_between(-0.04, 0.2, "share"), "\N{MINUS SIGN}4.0 to +20.0 pp"),
        (words.p_value(0.00001), "< 0.0001"),
        (words.p_value(0.034), "0.034"),
        (words.duration(7391), "2 h 3 min"),
        (words.short(0.0002), "0.0002"),
        (words.short(200000), "200,000"),
    ],
)
def test_figures_are_read_easily(said: str, expected: str) -> None:
    assert said == expected


@given(
    st.floats(-1e9, 1e9),
    st.floats(1e-6, 1e9),
    st.integers(2, 8),
)
def test_marks_are_round_few_and_inside(low: float, reach: float, about: int) -> None:
    high = low + reach
    if high == low:
        return
    marks = nice_marks(low, high, about)
    assert len(marks) <= about * 1.01 + 1
    slack = reach * 1e-6 + abs(high) * 1e-9
    assert all(low - slack <= mark <= high + slack for mark in marks)
    assert list(marks) == sorted(marks)


def test_an_axis_has_room_and_begins_with_zero_where_that_is_near() -> None:
    assert axis([0.0, 10.0], 5).marks == (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
    flat = axis([2.0, 2.0, math.nan], 5)
    assert flat.place(2.0) == pytest.approx(0.5)
    assert with_margin(axis([0.01, 1.0], 5), 5).low == 0.0
    wide = axis([1e-4, 10.0], 5, may_be_logarithmic=True)
    assert wide.logarithmic
    assert wide.marks == (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0) or len(wide.marks) <= 6


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_labels_never_lie_on_each_other(places: list[float]) -> None:
    found = spread(places, 0.085)
    assert len(found) == len(places)
    assert all(b - a >= 0.085 - 1e-9 for a, b in pairwise(sorted(found)))
    assert max(found) <= 1.0


def test_bars_share_a_scale_and_show_none_in_the_middle_of_differences() -> None:
    [one, nothing, other] = bars_of_figures(
        [Estimate(0.5, 0.25, 0.75, 8), None, Estimate(1.0, 1.0, 1.0, 8)], "share"
    )
    assert one is not None
    assert other is not None
    assert nothing is None
    assert (one.low, one.value, one.high, other.value) == (0.25, 0.5, 0.75, 1.0)
    [apart] = bars_of_differences([Estimate(-0.1, -0.2, 0.0, 8)])
    assert apart is not None
    assert apart.zero == apart.high == 0.5
    assert 0 < apart.low < apart.value < 0.5


def test_a_spike_of_a_long_run_is_drawn_and_the_outline_stays_small(lab: Lab) -> None:
    values = [1.0 + (step % 7) / 10 for step in range(50_000)]
    values[31_415] = 9.0
    planned = _planned("long")
    batches = [
        MetricsRecorded(
            groups=[
                MetricGroup(
                    steps=StepRange(first=first, count=1000),
                    values={"loss": values[first : first + 1000]},
                )
            ]
        )
        for first in range(0, 50_000, 1000)
    ]
    lab.log.append("job/job_1", planned, *batches)
    [chart], left_out = drawn(lab.database.reader, subjects(lab.database.reader, ["long"]))
    [curve] = chart.curves
    assert left_out == 0
    assert len(curve.path) < 20_000
    assert curve.middle
    heights = _heights(curve.path)
    assert min(heights) == pytest.approx(HEIGHT * (1 - 8.3 / 8.64), abs=HEIGHT * 0.05)
    assert max(heights) <= HEIGHT
    # The running median does not know the spike.
    assert min(_heights(curve.middle)) > HEIGHT / 2


def _planned(name: str) -> JobPlanned:
    return JobPlanned(
        name=name,
        provider="local",
        base_model="tiny",
        method="lora",
        hyperparameters={},
        dataset="ds_1",
        model=None,
    )


def _heights(path: str) -> list[int]:
    """Return the heights of an outline's points, its first letters and numbers being ours."""
    x = y = 0
    found = []
    for kind, one, other in re.findall(r"([Ml])(-?\d+)[ ]?(-?\d+)", path):
        x, y = (int(one), int(other)) if kind == "M" else (x + int(one), y + int(other))
        assert 0 <= x <= WIDTH
        found.append(y)
    return found


def test_gaps_stay_gaps_and_few_points_are_dots(lab: Lab) -> None:
    planned = _planned("odd")
    values = {"loss": [3.0, math.nan, 2.0, 1.0], "flat": [1.0] * 4, "none": [math.inf] * 4}
    lab.log.append(
        "job/job_1",
        planned,
        MetricsRecorded(groups=[MetricGroup(steps=[1, 2, 3, 4], values=values)]),
    )
    charts, _ = drawn(lab.database.reader, subjects(lab.database.reader, ["odd"]))
    assert [chart.metrics for chart in charts] == [("loss",), ("flat",)]
    [curve] = charts[0].curves
    assert (curve.path.count("M"), curve.dots.count("h0"), curve.middle) == (2, 3, "")


def test_a_course_fits_in_a_cell() -> None:
    assert sparks([1, 2, 3, math.nan]) == "▁▅█"
    assert sparks([2.0, 2.0]) == "▁▁"
    assert len(sparks(range(1000))) == 32
    assert sparks([math.nan]) == ""


def test_a_long_answer_is_cut_and_says_so(evaluated: Lab) -> None:
    evaluations = Evaluations(evaluated.log, evaluated.blobs)
    evaluations.numbered_from(10)
    suite = evaluations.suite("long", 2)
    for model in ("mdl_1", "mdl_2"):
        evaluations.evaluate(suite, model, [right("word " * 2000), right()])
    reader = evaluated.database.reader
    both = subjects(reader, ["mdl_1", "mdl_2"])
    found = of_suite(suite_comparisons(reader, evaluated.blobs, both, "long")[0])
    texts = ["".join(span.text for span in row.answers[0].spans) for row in found.rows]
    [long] = [text for text in texts if len(text) > 100]
    assert len(long) < MOST_LETTERS + 50
    assert long.endswith("… [5,999 more characters]")


def test_of_rows_that_all_differ_alike_no_interval_is_told(lab: Lab, reported: Reported) -> None:
    evaluations = Evaluations(lab.log, lab.blobs)
    suite = evaluations.suite("sums", 4)
    for name, cost in (("local/cheap", 0.01), ("local/dear", 0.02)):
        evaluations.evaluate(suite, name, [right(cost=cost)] * 4)
    [said] = [each for each in reported(lab, ("cheap", "dear")).findings if "dearer" in each]
    assert "$0.0200 against $0.0100 (+$0.0100, p " in said


def test_what_can_be_told_is_told_and_what_cannot_too(evaluated: Lab, reported: Reported) -> None:
    [told] = reported(evaluated).findings
    assert told == (
        "Between <b>candidate</b> and prod no difference can be told on sums@1 by exact_match: "
        "its 95% interval reaches over 0."
    )


def test_the_command_is_told_without_folders_and_can_be_typed_again() -> None:
    command = Command(("my run", "prod"), ("--suite", "sums"), "out.html", at="2d")
    assert command.typed == "ftlab compare 'my run' prod --suite sums --at 2d --report out.html"
    assert command.again.replace("{seq}", "9") == (
        "ftlab compare 'my run' prod --suite sums --at 9 --report out.html"
    )


def test_a_report_takes_its_place_only_where_that_is_free(
    evaluated: Lab, reported: Reported, tmp_path: Path
) -> None:
    said = reported(evaluated)
    for name in ("out.html", "OUT.MD"):
        write(said, tmp_path / name)
        with pytest.raises(DataError, match="say --replace"):
            write(said, tmp_path / name)
        write(said, tmp_path / name, replace=True)
    with pytest.raises(RequestError, match=r"out\.pdf ends in none of \.html, \.md"):
        write(said, tmp_path / "out.pdf")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["OUT.MD", "home", "out.html"]
