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


def test_another_seed_draws_other_groups() -> None:
    groups = [row // 3 for row in range(90)]
    first, second = (assign_grouped(groups, test=9, validation=0, seed=seed) for seed in (1, 2))
    assert first != second
    assert first == assign_grouped(groups, test=9, validation=0, seed=1)


def test_groups_that_are_too_large_are_refused() -> None:
    with pytest.raises(DataError, match=r"too large: nothing is left for (train|test)"):
        assign_grouped([0] * 10, test=5, validation=0, seed=0)
