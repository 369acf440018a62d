from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.curve_look import CurveLook


def test_a_look_comes_closer_about_the_middle_and_goes_back_to_everything() -> None:
    look = CurveLook().zoomed(1, 1000)
    assert look.window == (250.0, 750.0)
    assert look.zoomed(1, 1000).window == (375.0, 625.0)
    assert look.zoomed(-1, 1000).window is None


def test_a_look_moves_by_a_quarter_and_stays_among_the_steps() -> None:
    look = CurveLook(window=(0, 400))
    assert look.panned(1, 1000).window == (100.0, 500.0)
    assert look.panned(-1, 1000).window == (0.0, 400.0)
    assert CurveLook(window=(600, 1000)).panned(1, 1000).window == (600.0, 1000.0)


@given(st.lists(st.sampled_from(["in", "out", "left", "right"])), st.integers(1, 10**6))
def test_wherever_one_looks_there_are_steps(moves: list[str], end: int) -> None:
    look = CurveLook()
    for move in moves:
        look = {
            "in": look.zoomed(1, end),
            "out": look.zoomed(-1, end),
            "left": look.panned(-1, end),
            "right": look.panned(1, end),
        }[move]
        first, last = look.frame(end)
        assert 0 <= first < last <= max(end, first + 4)


def test_a_window_past_the_end_of_another_job_shows_all_of_it() -> None:
    assert CurveLook(window=(500, 600)).frame(100) == (0, 100)


def test_a_cursor_appears_at_the_end_and_moves_by_columns() -> None:
    look = CurveLook().cursor_moved(-1, 101, 1000)
    assert look.cursor == 1000
    assert look.cursor_moved(-10, 101, 1000).cursor == 900
    assert look.cursor_moved(5, 101, 1000).cursor == 1000


def test_what_is_in_sight_moves_along_with_the_cursor() -> None:
    look = CurveLook(window=(400, 800), cursor=400).cursor_moved(-1, 101, 1000)
    assert look.cursor == 396
    assert look.window == (300.0, 700.0)


def test_one_comes_closer_about_the_cursor() -> None:
    assert CurveLook(cursor=800).zoomed(1, 1000).window == (500.0, 1000.0)
    assert CurveLook(cursor=500).zoomed(1, 1000).zoomed(1, 1000).window == (375.0, 625.0)


def test_over_something_else_all_is_shown_again() -> None:
    look = CurveLook(window=(400, 800), cursor=500).over_next()
    assert (look.x, look.window, look.cursor) == ("epoch", None, None)
    assert CurveLook(x="time").over_next().x == "step"


def test_an_epoch_can_be_looked_at_as_closely_as_a_step() -> None:
    look = CurveLook(x="epoch")
    for _ in range(40):
        look = look.zoomed(1, 3.0)
    assert look.window is not None
    assert 0 < look.window[1] - look.window[0] <= 3.0 / 50_000
