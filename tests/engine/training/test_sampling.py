from __future__ import annotations

from engine.training.sampling import LengthGrouped

LENGTHS = [(number * 37) % 101 for number in range(200)]


def test_every_example_comes_once() -> None:
    assert sorted(LengthGrouped(LENGTHS, 4, seed=3)) == list(range(200))


def test_examples_beside_each_other_are_about_as_long() -> None:
    order = list(LengthGrouped(LENGTHS, 4, seed=3))
    steps = [[LENGTHS[number] for number in order[at : at + 4]] for at in range(4, 200, 4)]
    spread = sum(max(step) - min(step) for step in steps) / len(steps)
    assert spread < 15


def test_the_order_hangs_on_seed_and_epoch_alone() -> None:
    one, other = (LengthGrouped(LENGTHS, 4, seed=3) for _ in range(2))
    first = list(one)
    assert list(one) == first
    one.set_epoch(1)
    other.set_epoch(1)
    assert list(one) == list(other) != first
    assert list(LengthGrouped(LENGTHS, 4, seed=4)) != first
