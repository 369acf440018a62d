"""The slider through the log."""

from __future__ import annotations

import pytest

from tui.ink import text_of
from tui.widgets.time_bar import time_lines


@pytest.mark.parametrize(("seq", "head"), [(1, 1), (1, 900), (450, 900), (900, 900)])
@pytest.mark.parametrize("width", [20, 80, 200])
def test_it_fills_its_row(seq: int, head: int, width: int) -> None:
    slider = text_of(time_lines(seq, head, [], width)[0])
    assert slider.count("●") == 1
    assert len(slider) <= max(width, len(f" ◂ ● ▸ event {head} of {head}"))


def test_until_the_end_of_the_log_is_known_it_ends_at_the_event() -> None:
    known = time_lines(5_000, 5_000, [], 80)
    assert time_lines(5_000, 1, [], 80) == known
    assert text_of(known[0]).rstrip().endswith("● ▸ now of 5,000")
