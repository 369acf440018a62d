from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.groups import Groups, joined


def test_united_numbers_are_named_by_the_least() -> None:
    groups = Groups(4)
    groups.unite(3, 1)
    groups.unite(groups.add(), 3)
    assert groups.firsts() == [0, 1, 2, 1, 1]


def test_what_belongs_together_in_turn_is_one_group() -> None:
    users = ["ann", "bob", "bob", "cid", "dot"]
    topics = ["x", "x", "y", "y", "z"]
    numbers = [[by.index(value) for value in by] for by in (users, topics)]
    assert joined(numbers) == [0, 0, 0, 0, 4]
    assert joined([]) == []


@given(
    st.integers(1, 20).flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, 9), min_size=size, max_size=size), min_size=1, max_size=3
        )
    )
)
def test_every_grouping_is_kept_and_groups_are_named_by_their_first_row(
    groupings: list[list[int]],
) -> None:
    firsts = joined(groupings)
    for grouping in groupings:
        assert len(set(zip(grouping, firsts, strict=True))) == len(set(grouping))
    assert all(firsts[first] == first <= row for row, first in enumerate(firsts))
