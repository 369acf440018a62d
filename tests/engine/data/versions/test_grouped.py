from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.versions.grouped import assign_grouped
from engine.data.versions.splitting import Part


@given(st.lists(st.integers(0, 20), min_size=10, max_size=80), st.integers())
def test_a_group_is_never_divided(groups: list[int], seed: int) -> None:
    try:
        parts = assign_grouped(groups, test=0.2, validation=0.2, seed=seed)
    except DataError:
        return
    found: dict[int, set[int]] = {}
    for group, part in zip(groups, parts, strict=True):
        found.setdefault(group, set()).add(part)
    assert all(len(where) == 1 for where in found.values())


def test_small_groups_fill_the_parts_to_the_row() -> None:
    parts = assign_grouped([row // 2 for row in range(100)], test=0.2, validation=10, seed=3)
    assert [parts.count(part) for part in Part] == [70, 10, 20]


def test_one_large_group_does_not_spoil_the_size() -> None:
    groups = [0] * 15 + list(range(1, 86))
    sizes = {assign_grouped(groups, test=0.1, validation=0, seed=n).count(2) for n in range(200)}
    assert sizes == {10}


@given(st.lists(st.integers(1, 12), min_size=2, max_size=40), st.data(), st.integers())
def test_a_part_misses_its_size_by_at_most_half_of_a_group(
    sizes: list[int], data: st.DataObject, seed: int
) -> None:
    groups = [number for number, size in enumerate(sizes) for _ in range(size)]
    wanted = data.draw(st.integers(1, len(groups) - 1))
    try:
        parts = assign_grouped(groups, test=wanted, validation=0, seed=seed)
    except DataError:
        return
    left = {group for group, part in zip(groups, parts, strict=True) if part == Part.TRAIN}
    assert abs(parts.count(Part.TEST) - wanted) <= min(sizes[group] for group in left) / 2


@pytest.mark.parametrize("wanted", [3, 4])
def test_the_nearest_size_is_taken_where_no_group_fits(wanted: int) -> None:
    parts = assign_grouped([row // 5 for row in range(50)], test=wanted, validation=0, seed=0)
    assert parts.count(Part.TEST) == 5


def test_every_group_is_drawn_equally_often() -> None:
    drawn = [0] * 10
    for seed in range(1000):
        parts = assign_grouped([row // 2 for row in range(20)], test=6, validation=0, seed=seed)
        for group in range(10):
            drawn[group] += parts[2 * group] == Part.TEST
    # 300 expected with a standard deviation of 14.5: five of them away is one in a million.
    assert max(abs(times - 300) for times in drawn) < 73


def test_another_seed_draws_other_groups() -> None:
    groups = [row // 3 for row in range(90)]
    first, second = (assign_grouped(groups, test=9, validation=0, seed=seed) for seed in (1, 2))
    assert first != second
    assert first == assign_grouped(groups, test=9, validation=0, seed=1)


def test_groups_that_are_too_large_are_refused() -> None:
    with pytest.raises(DataError, match=r"too large: nothing is left for (train|test)"):
        assign_grouped([0] * 10, test=5, validation=0, seed=0)
