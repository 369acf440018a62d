"""What a sweep comes to, before anything is recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.data.versions.contents import lines_of
from engine.data.versions.dividing import SplitSizes
from engine.errors import RequestError
from engine.sweeping.plan import SweepWish
from engine.sweeping.planning import plan, with_data
from engine.sweeping.space import Choice, Range
from engine.sweeping.starting import start
from engine.sweeping.subsets import Sizes

if TYPE_CHECKING:
    from engine.lab import Lab
    from tests.engine.sweeping.conftest import Wish


def test_a_grid_is_a_training_for_each_combination_and_records_nothing(
    with_sums: Lab, wish: Wish
) -> None:
    before = with_sums.database.head()
    found = plan(with_sums, wish())
    assert with_sums.database.head() == before
    assert [(trial.name, trial.settings, trial.total_steps) for trial in found.trials] == [
        ("sums-sweep-1-1", {"learning_rate": 1e-3, "batch_size": 2}, 30),
        ("sums-sweep-1-2", {"learning_rate": 1e-3, "batch_size": 4}, 15),
        ("sums-sweep-1-3", {"learning_rate": 1e-2, "batch_size": 2}, 30),
        ("sums-sweep-1-4", {"learning_rate": 1e-2, "batch_size": 4}, 15),
    ]
    assert found.fixed["epochs"] == 1.0
    assert not {"learning_rate", "batch_size"} & set(found.fixed)
    assert (found.hosted, found.usd, found.seconds, found.slots) == (False, None, None, 1)


def test_seeds_can_be_swept_and_settings_drawn(with_sums: Lab, wish: Wish) -> None:
    seeds = plan(with_sums, wish(axes={"seed": Choice((7, 8))}))
    assert [trial.plan.request.seed for trial in seeds.trials] == [7, 8]
    drawn = wish(axes={"learning_rate": Range(1e-4, 1e-2, log=True)}, draws=3)
    again = [plan(with_sums, drawn).trials for _ in range(2)]
    assert [trial.settings for trial in again[0]] == [trial.settings for trial in again[1]]


@pytest.mark.parametrize(
    ("request_", "given", "said"),
    [
        ({"hyperparameters": {"batch_size": 2}}, {}, "batch_size is swept and fixed"),
        ({}, {"axes": {"batch_size": Choice((0,))}}, "batch_size"),
        ({}, {"by": "grad_norm"}, "nobody knows whether more of grad_norm is better"),
        ({}, {"sizes": Sizes((50, 100), percent=True)}, "changes the data alone"),
        (
            {"hyperparameters": {"max_steps": 3}},
            {"axes": {}, "sizes": Sizes((50, 100), percent=True)},
            "leave --max-steps out",
        ),
        (
            {"base_model": "tiny-t5", "hyperparameters": {}},
            {"axes": {}, "sizes": Sizes((50, 100), percent=True)},
            "makes its tokens of the examples",
        ),
        ({}, {"axes": {}, "sizes": Sizes((50, 100), percent=True)}, "--validation DS"),
    ],
)
def test_what_cannot_be_swept_is_refused(
    request_: dict[str, Any], given: dict[str, Any], said: str, with_sums: Lab, wish: Wish
) -> None:
    with pytest.raises(RequestError, match=said):
        plan(with_sums, wish(request=request_, **given))


def test_a_name_is_taken_once(with_sums: Lab, wish: Wish) -> None:
    named = wish(request={"suffix": "rates"}, axes={"batch_size": Choice((2,))})
    start(with_sums, plan(with_sums, named))
    other = wish(request={"suffix": "rates"}, axes={"batch_size": Choice((4,))})
    with pytest.raises(RequestError, match="a sweep called rates"):
        plan(with_sums, other)
    start(with_sums, plan(with_sums, wish(axes={"batch_size": Choice((8,))})))
    assert plan(with_sums, wish()).name == "sums-sweep-2"


@pytest.mark.parametrize(
    ("sizes", "counts"),
    [
        (Sizes((100, 10, 50), percent=True), [6, 30, 60]),
        (Sizes((12.0, 60.0), percent=False), [12, 60]),
    ],
)
def test_sizes_are_counted_the_smallest_first(sizes: Sizes, counts: list[int]) -> None:
    assert sizes.counts(60) == counts


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        (Sizes((50, 101), percent=True), "101 is no percentage"),
        (Sizes((0.5, 2), percent=False), "0.5 is no number of examples"),
        (Sizes((10, 61), percent=False), "61 examples cannot be taken of 60"),
        (Sizes((1, 1.2), percent=True), "these parts have 1, 1"),
        (Sizes((100,), percent=True), "two or more"),
    ],
)
def test_sizes_that_make_no_curve_are_refused(sizes: Sizes, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        sizes.counts(60)


def _curve(lab: Lab, wish: Wish, seed: int = 0) -> SweepWish:
    lab.datasets.split("sums", SplitSizes(0.1, 6, seed=1))
    asked = {"dataset": "sums/train", "seed": seed}
    return wish(request=asked, axes={}, sizes=Sizes((10, 50, 100), percent=True))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_parts_of_the_data_are_nested_and_held_beside_the_same_examples(
    seed: int, with_sums: Lab, wish: Wish
) -> None:
    planned = plan(with_sums, _curve(with_sums, wish, seed))
    before = with_sums.database.head()
    drawn = with_data(with_sums, planned)
    assert with_sums.database.head() == before + 2
    parts = [set(lines_of(with_sums, trial.plan.dataset)) for trial in drawn.trials]
    assert [len(part) for part in parts] == [trial.examples for trial in planned.trials]
    assert parts[0] < parts[1] < parts[2]
    assert len({trial.plan.validation.id for trial in drawn.trials if trial.plan.validation}) == 1
    assert {trial.plan.hyperparameters["epochs"] for trial in drawn.trials} == {1.0}
    assert [trial.total_steps for trial in drawn.trials] == [
        trial.total_steps for trial in planned.trials
    ]
    # The same parts again are the same versions.
    head = with_sums.database.head()
    assert [trial.plan.dataset for trial in with_data(with_sums, planned).trials] == [
        trial.plan.dataset for trial in drawn.trials
    ]
    assert with_sums.database.head() == head


def test_what_is_left_to_ftlab_is_settled_by_the_whole(with_sums: Lab, wish: Wish) -> None:
    found = _curve(with_sums, wish)
    auto = {"epochs": "auto", "batch_size": "auto", "learning_rate": "auto"}
    asked = {"dataset": "sums/train", "hyperparameters": auto}
    drawn = with_data(with_sums, plan(with_sums, wish(request=asked, axes={}, sizes=found.sizes)))
    assert len({json.dumps(trial.plan.hyperparameters) for trial in drawn.trials}) == 1
