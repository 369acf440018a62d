from __future__ import annotations

import math
import threading
from itertools import pairwise

import pytest
from rich.cells import cell_len

from tui.axes import axis_end, log_ticks, step_ticks, tick_labels, ticks
from tui.chart import Curve, Frame, draw, plot_left
from tui.ink import text_of


def _falling(name: str = "loss", count: int = 100) -> Curve:
    return Curve(name, range(count), [2 * math.exp(-step / 30) for step in range(count)])


def _braille(line: str) -> bool:
    return any("\u2800" < character < "\u2900" for character in line)


@pytest.mark.parametrize(("width", "height"), [(20, 5), (60, 15), (150, 50)])
def test_a_chart_has_exactly_the_size_it_should(width: int, height: int) -> None:
    lines = draw([_falling()], width, height, Frame(99))
    assert len(lines) == height
    assert {cell_len(text_of(line)) for line in lines} == {width}


def test_a_falling_curve_falls() -> None:
    lines = [text_of(line) for line in draw([_falling()], 60, 15, Frame(99))]
    firsts = [
        min(place for place, character in enumerate(line) if _braille(character))
        for line in lines
        if _braille(line)
    ]
    assert len(firsts) > 8
    assert firsts == sorted(firsts)


def test_each_curve_has_its_ink() -> None:
    other = Curve("eval_loss", [0, 50, 99], [3.0, 2.5, 2.0])
    lines = draw([_falling(), other], 60, 15, Frame(99))
    inks = {ink for line in lines for text, ink in line if _braille(text)}
    assert inks == {"first", "second"}


def test_a_single_point_can_be_seen() -> None:
    assert any(
        "•" in text_of(line) for line in draw([Curve("loss", [5], [1.0])], 40, 10, Frame(10))
    )


@pytest.mark.parametrize(
    "values",
    [
        [1.0, math.nan, 2.0, math.inf, -math.inf],
        [1e308, -1e308, 0.0],
        [5e-324, 0.0, 5e-324],
        [3.0, 3.0, 3.0],
        [0.0, 0.0],
        [-7.0, -7.0],
        [1e15, 1e15 + 1],
    ],
)
def test_no_value_is_too_odd_to_draw(values: list[float]) -> None:
    lines = draw([Curve("loss", range(len(values)), values)], 40, 10, Frame(len(values)))
    assert len(lines) == 10


def test_there_is_no_chart_of_nothing_or_in_no_room() -> None:
    assert draw([], 60, 15, Frame(10)) == []
    assert draw([Curve("loss", [1], [math.nan])], 60, 15, Frame(10)) == []
    assert draw([_falling()], 19, 15, Frame(99)) == []
    assert draw([_falling()], 60, 4, Frame(99)) == []


def test_charts_drawn_at_once_do_not_mix() -> None:
    alone = [draw([_falling(count=count)], 60, 15, Frame(count)) for count in (10, 50, 90)]
    drawn: dict[int, list[object]] = {}

    def work(place: int, count: int) -> None:
        drawn[place] = [draw([_falling(count=count)], 60, 15, Frame(count)) for _ in range(5)]

    threads = [
        threading.Thread(target=work, args=(place, count))
        for place, count in enumerate((10, 50, 90))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for place, expected in enumerate(alone):
        assert drawn[place] == [expected] * 5


def test_ticks_are_round_and_within() -> None:
    assert ticks(0.61, 2.43, 4) == [1.0, 1.5, 2.0]
    assert ticks(0.0, 1.0, 4) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert len(ticks(1.01, 1.99, 3)) >= 2


def test_tick_labels_tell_ticks_apart() -> None:
    assert tick_labels([1.0, 1.5, 2.0]) == ["1.0", "1.5", "2.0"]
    assert tick_labels([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert tick_labels([10.0, 20.0]) == ["10", "20"]
    assert tick_labels([1e-6, 2e-6]) == ["1.00e-06", "2.00e-06"]


def test_steps_have_whole_ticks() -> None:
    assert step_ticks(100, 4) == [0, 25, 50, 75, 100]
    assert step_ticks(3, 8) == [0, 1, 2, 3]
    assert step_ticks(0, 4) == [0, 1]


@pytest.mark.parametrize(
    ("last", "total", "end"),
    [(13, None, 15), (13, 14, 14), (37, 200, 40), (200, 200, 200), (0, None, 1), (9, 5, 9)],
)
def test_the_axis_of_a_running_job_goes_a_little_ahead(
    last: int, total: int | None, end: int
) -> None:
    assert axis_end(last, total) == end


def test_on_a_scale_of_logarithms_what_falls_by_half_each_time_falls_in_a_line() -> None:
    halves = Curve("loss", range(9), [2.0**-step for step in range(9)])
    lines = [text_of(line) for line in draw([halves], 60, 15, Frame(8, log=True))]
    places = [min(i for i, c in enumerate(line) if _braille(c)) for line in lines if _braille(line)]
    steps = [after - before for before, after in pairwise(places)]
    assert max(steps) - min(steps) <= 1
    assert any(line.lstrip().startswith("0.1") for line in lines)


def test_a_scale_of_logarithms_leaves_out_what_has_none() -> None:
    assert draw([Curve("loss", [1, 2], [0.0, -1.0])], 60, 15, Frame(2, log=True)) == []
    assert draw([Curve("loss", [1, 2, 3], [0.0, 1.0, 2.0])], 60, 15, Frame(3, log=True))


def test_a_part_of_the_steps_fills_the_chart() -> None:
    lines = draw([_falling(count=1000)], 60, 15, Frame(600, 500))
    assert any("500" in text_of(line) and "600" in text_of(line) for line in lines)


@pytest.mark.parametrize(
    ("low", "high", "wanted", "found"),
    [
        (0.01, 100.0, 3, [0.01, 0.1, 1.0, 10.0, 100.0]),
        (0.5, 4.0, 3, [0.5, 1.0, 2.0]),
        (1.01, 1.02, 3, [1.01, 1.015, 1.02]),
    ],
)
def test_logarithms_are_marked_by_round_numbers(
    low: float, high: float, wanted: int, found: list[float]
) -> None:
    assert log_ticks(low, high, wanted) == pytest.approx(found)


def test_a_cursor_is_drawn_where_it_stands_and_hides_nothing() -> None:
    plain = [text_of(line) for line in draw([_falling()], 60, 15, Frame(99))]
    marked = [text_of(line) for line in draw([_falling()], 60, 15, Frame(99, cursor=50))]
    columns = {line.index("┊") for line in marked if "┊" in line}
    assert len(columns) == 1
    left = plot_left(draw([_falling()], 60, 15, Frame(99)))
    assert columns.pop() == left + round(50 / 99 * (59 - left))
    assert [line.replace("┊", " ") for line in marked] == plain


def test_a_cursor_out_of_sight_is_not_drawn() -> None:
    assert draw([_falling()], 60, 15, Frame(50, cursor=80)) == draw([_falling()], 60, 15, Frame(50))


def test_values_out_of_sight_do_not_stretch_the_axis() -> None:
    spike = Curve("loss", range(100), [1000.0] + [1.0 + step / 1000 for step in range(99)])
    lines = [text_of(line) for line in draw([spike], 60, 15, Frame(99, 50))]
    assert not any("1000" in line for line in lines)
