"""How much each setting mattered, and what a learning curve says."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

import pytest
from scipy import stats

from engine.sweeping.effects import caution, effects
from engine.sweeping.learning_curve import learning_curve, verdict
from engine.sweeping.measuring import Measure

if TYPE_CHECKING:
    from tests.engine.sweeping.conftest import Measured

_LOSS = Measure("evaluation loss", -1)


def test_shares_of_settings_that_add_up_come_to_the_whole(measured: Measured) -> None:
    grid = product((1e-4, 1e-3), (2, 4))
    found = effects(
        measured(
            *(({"rate": rate, "batch": batch}, 3 * rate / 1e-3 + batch) for rate, batch in grid)
        )
    )
    assert [effect.name for effect in found] == ["rate", "batch"]
    first, second = (effect.share or 0.0 for effect in found)
    assert first + second == pytest.approx(1)
    assert found[0].by_chance == pytest.approx(1 / 3)
    assert [group.label for group in found[0].groups] == ["0.0001", "0.001"]
    assert found[0].groups[0].mean == pytest.approx(3.3)
    assert "4 trials are few" in caution(found, 4)


def test_the_share_is_that_of_the_analysis_of_variance(measured: Measured) -> None:
    groups = {"a": [1.0, 2.0, 4.0], "b": [2.0, 5.0, 3.5], "c": [6.0, 7.5]}
    values = [({"kind": name}, value) for name, found in groups.items() for value in found]
    [effect] = effects(measured(*values))
    share = effect.share
    assert share is not None
    k, n = len(groups), len(values)
    statistic = (share / (k - 1)) / ((1 - share) / (n - k))
    assert statistic == pytest.approx(stats.f_oneway(*groups.values()).statistic)


def test_a_single_trial_tells_nothing(measured: Measured) -> None:
    found = effects(measured(({"rate": 1}, 2.0)))
    assert caution(found, 1).startswith("1 trial is too few to tell")


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
def test_too_few_trials_or_equal_ones_tell_nothing(values: list[float], measured: Measured) -> None:
    settings = [{"rate": place % 2} for place in range(len(values))]
    found = effects(measured(*zip(settings, values, strict=True)))
    assert found[0].share is None
    assert "too few to tell" in caution(found, len(values))


def test_values_that_were_drawn_are_put_into_three_stretches(measured: Measured) -> None:
    [effect] = effects(measured(*(({"rate": n / 10}, float(n)) for n in range(1, 10))))
    assert [group.label for group in effect.groups] == ["0.1..0.3", "0.4..0.6", "0.7..0.9"]
    assert [group.values for group in effect.groups] == [(1, 2, 3), (4, 5, 6), (7, 8, 9)]
    assert effect.share == pytest.approx(54 / 60)
    assert "chance, is the part" in caution([effect], 9)


def _curve(measured: Measured, points: dict[int, float]) -> list[str]:
    trials = measured(*(({}, loss) for loss in points.values()), examples=list(points))
    return verdict(learning_curve(trials), _LOSS)


def test_a_power_law_is_found_again(measured: Measured) -> None:
    points = {count: 5 * count**-0.25 for count in (100, 200, 400, 800)}
    trials = measured(*(({}, loss) for loss in points.values()), examples=list(points))
    curve = learning_curve(trials[::-1])
    assert curve.law is not None
    assert curve.law.a == pytest.approx(5)
    assert curve.law.b == pytest.approx(0.25)
    assert curve.law.scatter == pytest.approx(0, abs=1e-9)
    assert curve.last_drop == pytest.approx(points[400] - points[800])
    words = " ".join(verdict(curve, _LOSS))
    assert "more data of this kind probably helps" in words
    assert f"1,600 examples come to about {5 * 1600**-0.25:.4g}" in words


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ({10: 2.0, 20: 1.5, 40: 1.45, 80: 1.5}, "cheaper next step"),
        ({10: 2.0, 20: 1.4, 40: 1.5, 80: 1.4}, "no more than chance may do"),
        ({10: 2.0, 20: 1.85, 40: 1.5}, "no more than chance may do"),
        ({10: 2.0, 20: 1.995, 40: 1.99, 80: 1.985}, "hardly anything"),
        ({10: 2.0, 80: 1.0}, "two sizes cannot tell"),
        ({50: 2.0, 80: 1.0}, "Too few sizes"),
        ({}, "Too few sizes"),
    ],
)
def test_what_a_curve_says_is_said_with_care(
    points: dict[int, float], said: str, measured: Measured
) -> None:
    assert said in " ".join(_curve(measured, points))


def test_the_last_doubling_is_read_off_between_points(measured: Measured) -> None:
    trials = measured(({}, 3.0), ({}, 1.0), examples=[100, 400])
    curve = learning_curve(trials)
    assert curve.last_drop == pytest.approx(1.0)
    assert curve.law is None
    assert math.isclose(curve.points[0][1], 3.0)


def test_of_accuracies_nothing_is_said(measured: Measured) -> None:
    curve = learning_curve(measured(({}, 0.5), ({}, 0.75), examples=[10, 20]))
    assert "told of losses" in verdict(curve, Measure("eval_accuracy", 1))[0]
