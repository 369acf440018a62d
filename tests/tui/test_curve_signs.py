"""Curves that are told apart without colours."""

from __future__ import annotations

from tui.chart import CURVE_INKS, Curve, Frame, draw
from tui.curve_signs import sign, with_signs
from tui.ink import Line, text_of


def _curves(count: int) -> list[Curve]:
    return [Curve(f"run-{n}", range(100), [n + 1.0] * 50 + [n + 1.5] * 50) for n in range(count)]


def test_each_of_several_curves_has_its_number_on_it() -> None:
    lines = draw(_curves(6), 100, 24, Frame(99))
    found = {
        (character, ink)
        for line in lines
        for text, ink in line
        for character in text
        if ink in CURVE_INKS
    }
    assert found >= {(sign(CURVE_INKS, ink), ink) for ink in CURVE_INKS}


def test_a_curve_by_itself_needs_none() -> None:
    lines = draw(_curves(1), 100, 24, Frame(99))
    assert not [text for line in lines for text, ink in line if ink == "first" and "1" in text]


def test_only_dots_of_the_curve_become_numbers() -> None:
    plain: list[Line] = [
        [("1.0┤", "faint"), ("⠉⠉  ⣀⣀", "first")],
        [("   │", "faint"), ("  ⠉⠉  ", "second")],
    ]
    signed = with_signs(plain, 4, CURVE_INKS[:2])
    assert [len(text_of(line)) for line in signed] == [10, 10]
    assert text_of(signed[0]).startswith("1.0┤")
