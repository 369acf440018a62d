"""What mattered in a sweep, drawn with characters."""

from __future__ import annotations

from engine.sweeping.effects import Effect, Group
from engine.sweeping.learning_curve import Law, LearningCurve
from tui.cli.sweep_pictures import curve_lines, effect_lines, scale_line


def test_each_value_has_a_line_with_its_trials_and_their_mean() -> None:
    groups = (Group("0.001", (1.0, 3.0)), Group("0.01", (2.0, 2.0, 3.0)))
    effect = Effect("learning_rate", groups, 0.625, 0.25)
    assert effect_lines(effect, 1.0, 3.0, 5) == [
        "learning rate: explains 62% of the variance (25% would be chance)",
        f"  0.001  •{'·' * 19}┃{'·' * 18}•  2.000",
        f"   0.01  {'·' * 20}●{'·' * 5}┃{'·' * 12}•  2.333",
    ]
    assert scale_line(1.0, 3.0, 9) == " " * 9 + "1.000" + " " * 30 + "3.000"


def test_many_values_are_cut_and_equal_ones_stand_in_the_middle() -> None:
    effect = Effect("seed", tuple(Group(str(n), (1.0,)) for n in range(20)), None, None)
    lines = effect_lines(effect, 1.0, 1.0, 2)
    assert lines[0] == "seed"
    assert lines[1] == f"   0  {'·' * 20}•{'·' * 19}  1.000"
    assert lines[-1] == "  … and 4 values more"
    assert len(lines) == 18


def test_a_learning_curve_has_a_line_for_each_size_and_its_law() -> None:
    curve = LearningCurve(((100, 2.0), (1000, 1.0)), Law(4.0, 0.25, 0.0), None)
    assert curve_lines(curve) == [
        "loss by examples, fitted 4 * examples^-0.25",
        f"    100  {'·' * 39}•  2.000",
        f"  1,000  •{'·' * 39}  1.000",
    ]
