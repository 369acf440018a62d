"""The order of what is compared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.screens.compare_order import Order

START = Order(("a", "b", "c"))


def test_the_selection_stops_at_the_ends() -> None:
    assert START.select(-1).selected == 0
    assert START.select(2).select(1).selected == 2


def test_what_is_moved_stays_selected_and_goes_round() -> None:
    assert START.move(1) == Order(("b", "a", "c"), 1)
    assert START.move(-1) == Order(("b", "c", "a"), 2)
    assert START.select(2).first() == Order(("c", "a", "b"), 0)


def test_what_was_taken_out_comes_back_where_it_was() -> None:
    without = START.select(2).without()
    assert without == Order(("a", "b"), 1, ((2, "c"),))
    assert without.put_back() == Order(("a", "b", "c"), 2)


@given(st.lists(st.sampled_from(["select", "move", "first", "without", "put_back"]), max_size=30))
def test_nothing_is_ever_lost_or_doubled(steps: list[str]) -> None:
    order = START
    for step in steps:
        if step == "without" and len(order.ids) <= 2:
            continue
        if step == "put_back" and not order.out:
            continue
        act = getattr(order, step)
        order = act(1) if step in ("select", "move") else act()
        assert sorted([*order.ids, *(each for _, each in order.out)]) == ["a", "b", "c"]
        assert 0 <= order.selected < len(order.ids)
