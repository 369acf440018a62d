from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from engine.data.versions.splitting import Part, assign
from engine.data.versions.stratified import (
    absent_strata,
    assign_stratified,
    sample_stratified,
    shares,
)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9), st.floats(0, 1), st.integers())
def test_shares_add_up_and_stay_within_a_row_of_their_proportion(
    sizes: list[int], part: float, seed: int
) -> None:
    wanted = int(part * sum(sizes))
    given = shares(sizes, wanted, seed)
    assert sum(given) == wanted
    for size, share in zip(sizes, given, strict=True):
        assert 0 <= share <= size
        if sum(sizes):
            assert abs(share - size * wanted / sum(sizes)) < 1


def test_a_rare_stratum_is_rounded_up_before_common_ones() -> None:
    # Both 65 and 5 of 130 come to a half more than a whole number when 13 are drawn.
    for seed in range(50):
        assert shares([65, 60, 5], 13, seed) == [6, 6, 1]
        assert shares([67, 58, 5], 13, seed)[2] == 1


def test_of_more_rare_strata_than_there_is_room_for_chance_decides() -> None:
    assert {tuple(shares([1, 1], 1, seed)) for seed in range(20)} == {(0, 1), (1, 0)}


def test_strata_that_a_part_has_not_are_named() -> None:
    strata = [0, 0, 0, 1, 1, 2]
    parts = [Part.TRAIN, Part.TRAIN, Part.TEST, Part.TRAIN, Part.TEST, Part.TRAIN]
    assert absent_strata(strata, parts) == {Part.TRAIN: [], Part.TEST: [2]}


@given(st.lists(st.integers(0, 3), min_size=12, max_size=60), st.integers())
def test_every_stratum_has_its_share_of_every_part(strata: list[int], seed: int) -> None:
    parts = assign_stratified(strata, test=0.25, validation=0.25, seed=seed)
    plain = assign(len(strata), test=0.25, validation=0.25, seed=seed)
    assert [parts.count(part) for part in Part] == [plain.count(part) for part in Part]
    for stratum, size in Counter(strata).items():
        tests = sum(
            part == Part.TEST and found == stratum
            for part, found in zip(parts, strata, strict=True)
        )
        assert abs(tests - size * parts.count(Part.TEST) / len(strata)) < 1


def test_of_many_single_rows_chance_decides_which_test() -> None:
    chosen = {
        tuple(assign_stratified(range(40), test=4, validation=0, seed=seed)) for seed in range(5)
    }
    assert len(chosen) == 5


def test_the_same_seed_gives_the_same_parts() -> None:
    strata = [number % 3 for number in range(30)]
    first, second = (assign_stratified(strata, test=6, validation=3, seed=7) for _ in range(2))
    assert first == second


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data(), st.integers())
def test_a_sample_has_its_size_and_keeps_the_order(
    strata: list[int], data: st.DataObject, seed: int
) -> None:
    wanted = data.draw(st.integers(0, len(strata)))
    rows = sample_stratified(strata, wanted, seed)
    assert len(rows) == len(set(rows)) == wanted
    assert rows == sorted(rows)
